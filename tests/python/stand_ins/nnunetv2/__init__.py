# SPDX-License-Identifier: BSD-3-Clause
"""A stand-in for what amos.nnunet uses of nnU-Net 2; see README.md."""
