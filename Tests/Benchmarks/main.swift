// SPDX-License-Identifier: Apache-2.0

import Glibc

// `swift run -c release Benchmarks` measures everything, `… Benchmarks commits due` what it names. `sections` and
// `queries` are for comparing with other programs by hand: CONTRIBUTING.md says how.
let arguments = Array(CommandLine.arguments.dropFirst())
if let comparison = SearchComparison(arguments) {
    exit(await comparison.run())
}
exit(await BenchmarkRun(names: arguments).run())
