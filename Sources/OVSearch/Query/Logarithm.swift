// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The natural logarithm.
func logarithm(_ value: Float) -> Float { logf(value) }
