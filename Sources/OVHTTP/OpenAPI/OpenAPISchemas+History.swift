// SPDX-License-Identifier: Apache-2.0

extension OpenAPISchemas {
    /// Members of `schemas`: changes, history, diff and revert.
    static let history = #"""
        "SectionChange": {
          "type": "object",
          "required": ["heading_path","change","lines","first_line"],
          "properties": {
            "heading_path": {"type":"array","items":{"type":"string"}},
            "change": {"type":"string","enum":["added","changed","removed","moved"]},
            "lines": {"type":"integer"},
            "first_line": {"type":"integer"},
            "moved_from": {"type":"array","items":{"type":"string"}},
            "added_lines": {"type":"integer"},
            "removed_lines": {"type":"integer"}
          }
        },
        "DocumentChange": {
          "type": "object",
          "required": ["uri","change","revision","at","title","sections"],
          "properties": {
            "uri": {"type":"string"},
            "change": {"type":"string","enum":["added","changed","removed"]},
            "revision": {"type":["string","null"]},
            "at": {"type":"string","format":"date-time"},
            "title": {"type":["string","null"]},
            "sections": {"type":"array","items":{"$ref":"#/components/schemas/SectionChange"}},
            "compared_with": {"type":"string"},
            "moved_from": {"type":"string"}
          }
        },
        "ChangePage": {
          "type": "object",
          "required": ["items","next_cursor","has_more"],
          "properties": {
            "items": {"type":"array","items":{"$ref":"#/components/schemas/DocumentChange"}},
            "next_cursor": {"type":"string"},
            "has_more": {"type":"boolean"}
          }
        },
        "ReaderPlace": {
          "type": "object",
          "required": ["reader","uri","cursor"],
          "properties": {
            "reader": {"type":"string"},
            "uri": {"type":["string","null"]},
            "cursor": {"type":"string"}
          }
        },
        "History": {
          "type": "object",
          "required": ["uri","resource","revisions","dropped","kept_revisions","kept_days"],
          "properties": {
            "uri": {"type":"string"},
            "resource": {"type":"string"},
            "revisions": {"type":"array","items":{
              "type": "object",
              "required": ["revision","number","at","task_id","added","changed","removed","documents","bytes",
                "is_current"],
              "properties": {
                "revision": {"type":"string"},
                "number": {"type":"integer"},
                "at": {"type":"string","format":"date-time"},
                "task_id": {"type":"string"},
                "added": {"type":"integer"},
                "changed": {"type":"integer"},
                "removed": {"type":"integer"},
                "documents": {"type":"integer"},
                "bytes": {"type":"integer"},
                "is_current": {"type":"boolean"}
              }
            }},
            "dropped": {"type":"integer"},
            "kept_revisions": {"type":"integer"},
            "kept_days": {"type":"number"}
          }
        },
        "Diff": {
          "type": "object",
          "required": ["uri","from","to","format","added","changed","removed","moved","documents","is_complete"],
          "properties": {
            "uri": {"type":"string"},
            "from": {"type":["string","null"]},
            "to": {"type":"string"},
            "format": {"type":"string","enum":["names","stat","unified","sections"]},
            "added": {"type":"integer"},
            "changed": {"type":"integer"},
            "removed": {"type":"integer"},
            "moved": {"type":"integer"},
            "documents": {"type":"array","items":{
              "type": "object",
              "required": ["uri","change"],
              "properties": {
                "uri": {"type":"string"},
                "change": {"type":"string","enum":["added","changed","removed","moved"]},
                "moved_from": {"type":"string"},
                "old_size": {"type":"integer"},
                "new_size": {"type":"integer"},
                "added_lines": {"type":"integer"},
                "removed_lines": {"type":"integer"},
                "is_shortest": {"type":"boolean"},
                "unified": {"type":"string"},
                "sections": {"type":"array","items":{"$ref":"#/components/schemas/SectionChange"}}
              }
            }},
            "is_complete": {"type":"boolean"}
          }
        },
        "RevertReceipt": {
          "type": "object",
          "required": ["uri","task_id","outcome","revision","previous_revision","restored_revision","added",
            "changed","removed","unchanged","next_refresh","outlook"],
          "properties": {
            "uri": {"type":"string"},
            "task_id": {"type":["string","null"]},
            "outcome": {"type":"string","enum":["updated","unchanged"]},
            "revision": {"type":"string"},
            "previous_revision": {"type":"string"},
            "restored_revision": {"type":"string"},
            "added": {"type":"integer"},
            "changed": {"type":"integer"},
            "removed": {"type":"integer"},
            "unchanged": {"type":"integer"},
            "next_refresh": {"type":["string","null"],"format":"date-time"},
            "outlook": {"type":"string"}
          }
        }
        """#
}
