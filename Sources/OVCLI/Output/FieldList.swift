// SPDX-License-Identifier: Apache-2.0

/// The facts of one thing, a line each: a label, then the value in a column of its own.
struct FieldList {
    private(set) var fields: [(label: String, value: Table.Cell)] = []

    mutating func add(_ label: String, _ value: String, _ style: Style = .plain) {
        fields.append((label, Table.Cell(value, style)))
    }

    /// Adds nothing when there is no value.
    mutating func add(_ label: String, ifAny value: String?, _ style: Style = .plain) {
        guard let value, !value.isEmpty else { return }
        add(label, value, style)
    }

    func rendered(labels: Bool, styled: Bool) -> [UInt8] {
        var table = Table([.init(title: "")] + [.init(title: "")])
        if !labels { table = Table([.init(title: "")]) }
        table.rows = fields.map { labels ? [Table.Cell($0.label + ":", .dim), $0.value] : [$0.value] }
        return table.rendered(width: nil, header: false, styled: styled)
    }
}
