// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCLI
import OVSystem

// Before anything else, because a program that this executable starts waits for it.
if let status = ChildSupervisor.run() { exit(status) }
LargeBuffers.giveBack()
await OVCLI.main()
