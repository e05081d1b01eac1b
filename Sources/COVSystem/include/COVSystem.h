// SPDX-License-Identifier: Apache-2.0

// System calls that the C library shows to Swift not at all (variadic ones) or only under _GNU_SOURCE.

#ifndef COVSYSTEM_H
#define COVSYSTEM_H

// No header of the C library is included here, so that its types are not imported a second time.

/// Makes this process the parent of every orphan below it. 0, or -1 with `errno`.
int ov_become_subreaper(void);

/// A pipe whose ends no child inherits: reading end first. 0, or -1 with `errno`.
int ov_pipe(int ends[2]);

/// Blocks `count` signals, and makes a descriptor that is readable while one of them is pending; -1 with `errno`.
int ov_signal_descriptor(const int signals[], int count);

/// Takes one pending signal from such a descriptor; 0 when there is none.
int ov_next_signal(int descriptor);

/// Starts a program with default signal dispositions and no blocked signals.
///
/// `descriptors[i]` becomes the program's descriptor i; all others are closed. With `new_session` it leads a session
/// of its own, without a terminal; otherwise just a process group of its own. `folder` may be null.
/// 0, or the error number.
int ov_spawn(int *process, const char *path, char *const arguments[], char *const environment[],
             const int descriptors[], int count, const char *folder, int new_session);

/// Has blocks of `threshold` bytes and more come from the system and go back to it as soon as they are freed.
void ov_give_back_blocks(int threshold);

#endif
