# SPDX-License-Identifier: BSD-3-Clause
"""What the bridges to other programs share."""
