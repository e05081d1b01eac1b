// SPDX-License-Identifier: Apache-2.0

import Glibc

// `swift run -c release Benchmarks` measures everything, `… Benchmarks commits due` what it names.
exit(await BenchmarkRun(names: Array(CommandLine.arguments.dropFirst())).run())
