#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# In a bare root with Python alone: installs the wheel of /given, runs the README's Python, and removes it again.
set -eu
# shellcheck source=tests/run/inside/apt.sh
. /src/tests/run/inside/apt.sh
apt_install python3 python3-venv python3-numpy
dpkg -l >/tmp/packages
fails grep -E 'libnifti2|libcjson|liblz4-dev|zlib1g-dev| gcc ' /tmp/packages
python3 -m venv --system-site-packages /env
(cd /env && find . ! -name '*.pyc' ! -name __pycache__ | sort) >/tmp/before
/env/bin/pip install --no-index /given/*.whl
# shellcheck disable=SC2016 # backquotes of Markdown
sed -n '/^```python$/,/^```$/p' /src/README.md | sed '/^```/d' >/tmp/readme.py
mkdir /tmp/work
cd /tmp/work
/env/bin/amos phantom amos22 --cases 6 --size 64x52x30 --predictions
/env/bin/python /tmp/readme.py
/env/bin/python -m amos score -r amos22 -p amos22/predictions | tail -n 3
/env/bin/pip uninstall -q -y libamos
(cd /env && find . ! -name '*.pyc' ! -name __pycache__ | sort) | diff /tmp/before -
echo 'The wheel was installed, used and removed, and left nothing.'
