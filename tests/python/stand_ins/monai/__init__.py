# SPDX-License-Identifier: BSD-3-Clause
"""A stand-in for what amos.monai uses of MONAI; see README.md."""
