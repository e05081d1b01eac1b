// SPDX-License-Identifier: Apache-2.0

extension MarkdownWriter {
    /// - Returns: nil when it is no part of a table that is written as one; else whether to go on with what is in it.
    mutating func enterTablePart(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool? {
        if name == .table, table == nil, headingLevel == 0, isData(index) {
            flush()
            table = MarkdownTable(node: index)
            return true
        }
        guard table != nil else { return nil }
        // Changed where it is: a copy of all rows for each cell would take long.
        switch name {
        case .tr: table?.beginRow()
        case .td, .th:
            // Text that stood between the cells goes before the table.
            table?.isInCell = false
            flush()
            let (columns, rows) = (number("colspan", index), number("rowspan", index))
            table?.beginCell(columns: columns, rows: rows)
        case .thead, .tbody, .tfoot, .colgroup, .col: break
        case .caption: flush()
        default: return nil
        }
        return true
    }

    /// - Returns: whether it was part of a table.
    mutating func leaveTablePart(_ index: HTMLTree.Index, _ name: HTMLName) -> Bool {
        guard let node = table?.node else { return false }
        switch name {
        case .td, .th:
            let text = takeCell()
            table?.endCell(text)
        case .tr: table?.endRow()
        case .thead, .tbody, .tfoot, .colgroup, .col: break
        case .caption: flush()
        case .table where index == node:
            table?.isInCell = false
            flush()
            table?.endRow()
            let text = table?.markdown()
            table = nil
            if let text { output.block(text) }
        default: return false
        }
        return true
    }

    private func number(_ name: String, _ index: HTMLTree.Index) -> Int {
        tree.string(name, of: index).flatMap { Int($0.prefix(4)) } ?? 1
    }

    /// Whether a table has data in rows and columns, or was made to put things side by side.
    private func isData(_ table: HTMLTree.Index) -> Bool {
        if tree.has("role", "presentation", of: table) || tree.has("role", "none", of: table) { return false }
        let flags = facts[table]
        if flags.contains(.hasTable) || hasLongCode(table, flags) { return false }
        if flags.contains(.hasHeaderCell) { return true }
        if flags.contains(.hasHeading) || flags.contains(.hasCodeBlock) { return false }
        let shape = shape(of: table)
        return shape.rows > 1 && shape.columns > 1 && shape.longestCell <= 2000
    }

    /// Whether there is code of several lines, which no cell can hold.
    private func hasLongCode(_ table: HTMLTree.Index, _ flags: HTMLFacts.Flags) -> Bool {
        guard flags.contains(.hasCodeBlock) else { return false }
        var isLong = false
        tree.walk(
            from: table,
            enter: { index in
                guard !isLong else { return false }
                if tree[index].name == .pre {
                    isLong = tree.preformattedHasLines(index)
                    return false
                }
                return true
            })
        return isLong
    }

    private func shape(of table: HTMLTree.Index) -> (rows: Int, columns: Int, longestCell: Int) {
        var (rows, columns, cells, longest) = (0, 0, 0, 0)
        tree.walk(
            from: table,
            enter: { index in
                switch tree[index].name {
                case .tr:
                    rows += 1
                    cells = 0
                case .td, .th:
                    cells += 1
                    columns = max(columns, cells)
                    longest = max(longest, facts.textBytes(of: index))
                    return false
                default: break
                }
                return true
            })
        return (rows, columns, longest)
    }
}

extension HTMLTree {
    fileprivate func preformattedHasLines(_ root: Index) -> Bool {
        var hasLines = false
        walk(
            from: root,
            enter: { index in
                let isLine = self[index].name == .br || index != root && HTMLNameSet.blocks.contains(self[index].name)
                hasLines = hasLines || isLine || text(of: index).trimmedHTML().contains(10)
                return !hasLines
            })
        return hasLines
    }
}
