// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension [KeyView] {
    func display(now: Timestamp) -> Display {
        guard !isEmpty else { return .empty("No keys: a server lets in everybody who reaches it.") }
        var table = Table([
            .init(title: "KEY"), .init(title: "ROLE"), .init(title: "ACCOUNT", shortening: .end),
            .init(title: "USER", shortening: .end), .init(title: "CREATED"),
            .init(title: "CREATED AT", isOptional: true),
        ])
        table.rows = map { $0.row(now: now) }
        return .table(table)
    }
}

extension KeyView {
    fileprivate func row(now: Timestamp) -> [Table.Cell] {
        [
            .init(key.id.description, .bold), .init(key.role.rawValue), .init(key.owner.account),
            .init(key.owner.user), .init(HumanFormat.relative(key.createdAt, to: now)),
            .init(HumanFormat.time(key.createdAt)),
        ]
    }

    /// For whom it acts.
    var words: String {
        let (account, user) = (DisplayText.line(key.owner.account), DisplayText.line(key.owner.user))
        return switch key.role {
        case .root: "root's, for account \(account) and user \(user) where a request names no others"
        case .admin: "for an admin of the account \(account), user \(user)"
        case .user: "for the user \(user) of the account \(account)"
        }
    }
}
