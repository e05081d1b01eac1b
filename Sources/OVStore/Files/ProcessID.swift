// SPDX-License-Identifier: Apache-2.0

import Glibc

/// This process, for labels.
func processID() -> Int32 { getpid() }
