// SPDX-License-Identifier: Apache-2.0

internal import COVSystem

/// Buffers of an ingest, an index, a large document: made and dropped all the time.
package enum LargeBuffers {
    /// Has them go back to the system as soon as they are dropped. Without, the C library comes to keep them, some in
    /// the heap of each thread (mallopt(3), `M_MMAP_THRESHOLD`): half as much again as an ingest needs.
    package static func giveBack() { ov_give_back_blocks(512 << 10) }
}
