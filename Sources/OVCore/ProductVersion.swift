// SPDX-License-Identifier: Apache-2.0

/// What `ov version` prints.
package let productVersion = "0.1.0"
