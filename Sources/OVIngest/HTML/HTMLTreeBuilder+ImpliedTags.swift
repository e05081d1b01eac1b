// SPDX-License-Identifier: Apache-2.0

// What start tags close, and open, without saying so.

extension HTMLTreeBuilder {
    /// Closes what cannot hold an element.
    /// - Returns: whether the element may stand here at all.
    mutating func closeImplied(before name: HTMLName) -> Bool {
        if HTMLNameSet.tableParts.contains(name) { return closeTableParts(before: name) }
        switch name {
        case .li: closeItem([.li])
        case .dd, .dt: closeItem([.dd, .dt])
        case .option: closeCurrent([.option])
        case .optgroup: closeCurrent([.option, .optgroup])
        case .rb, .rp, .rt, .rtc: closeCurrent([.rb, .rp, .rt])
        case .a, .nobr, .button: if isOpen(name) { close(name) }
        case .select, .input, .textarea: if isOpen(.select) { close(.select) }
        case .table: closeTableOutsideCell()
        default: break
        }
        if HTMLNameSet.endingParagraphs.contains(name), isOpen(.p),
            let index = innermost([.p], within: .scopes + [.button])
        {
            pop(to: index)
        }
        if HTMLNameSet.headings.contains(name) { closeCurrent(.headings) }
        return true
    }

    private mutating func closeCurrent(_ names: HTMLNameSet) {
        while let last = open.last, names.contains(last.name) { pop(to: open.count - 1) }
    }

    /// Items end at the next one, unless a list or another block is in between.
    private mutating func closeItem(_ names: HTMLNameSet) {
        guard isOpen(.li) || isOpen(.dd) || isOpen(.dt) else { return }
        var index = open.count - 1
        while index > 0 {
            let name = open[index].name
            if names.contains(name) {
                pop(to: index)
                return
            }
            if HTMLNameSet.blocks.contains(name), name != .address, name != .div, name != .p { return }
            index -= 1
        }
    }

    private mutating func closeTableParts(before name: HTMLName) -> Bool {
        guard isOpen(.table), innermost([.table], within: [.template]) != nil else { return false }
        let parents: HTMLNameSet =
            switch name {
            case .td, .th: [.table, .thead, .tbody, .tfoot, .tr]
            case .tr: [.table, .thead, .tbody, .tfoot]
            case .col: [.table, .colgroup]
            default: [.table]
            }
        guard let index = innermost(parents, within: [.template]) else { return false }
        pop(to: index + 1)
        if name == .td || name == .th, open.last?.name != .tr { insertRow() }
        return true
    }

    /// A table that begins in another one, but in none of its cells, ends that one.
    private mutating func closeTableOutsideCell() {
        guard isOpen(.table), let index = innermost([.table, .td, .th, .caption], within: [.template]) else { return }
        if open[index].name == .table { pop(to: index) }
    }
}
