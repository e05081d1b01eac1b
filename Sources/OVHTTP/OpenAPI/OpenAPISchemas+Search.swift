// SPDX-License-Identifier: Apache-2.0

extension OpenAPISchemas {
    /// What searches answer.
    static let search = #"""
        "Found": {
          "type": "object",
          "required": ["resources","memories","skills","total","missed"],
          "properties": {
            "resources": {"type":"array","items":{"$ref":"#/components/schemas/Passage"}},
            "memories": {"type":"array","maxItems":0},
            "skills": {"type":"array","maxItems":0},
            "total": {"type":"integer"},
            "missed": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["text","reason","near"],
                "properties": {
                  "text": {"type":"string"},
                  "reason": {"enum":["absent","combination","filter"]},
                  "near": {"type":"array","items":{"type":"string"}}
                }
              }
            }
          }
        },
        "Passage": {
          "type": "object",
          "required": [
            "uri","score","title","heading_path","line","start_line","end_line","size","snippet","abstract",
            "media_type","context_type","last_checked","last_changed"
          ],
          "properties": {
            "uri": {"type":"string"},
            "score": {"type":"number"},
            "title": {"type":"string"},
            "heading_path": {"type":"array","items":{"type":"string"}},
            "line": {"type":"integer"},
            "start_line": {"type":"integer"},
            "end_line": {"type":"integer"},
            "size": {"type":"integer"},
            "snippet": {"type":"string"},
            "abstract": {"type":"string"},
            "media_type": {"type":"string"},
            "context_type": {"const":"resource"},
            "last_checked": {"type":["string","null"],"format":"date-time"},
            "last_changed": {"type":"string","format":"date-time"}
          }
        },
        "MatchedLines": {
          "type": "object",
          "required": ["matches","count","match_count","files_scanned","files_skipped","has_more","files"],
          "properties": {
            "matches": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["uri","line","content"],
                "properties": {
                  "uri": {"type":"string"},
                  "line": {"type":"integer"},
                  "content": {"type":"string"},
                  "before": {"type":"array","items":{"type":"string"}},
                  "after": {"type":"array","items":{"type":"string"}}
                }
              }
            },
            "count": {"type":"integer"},
            "match_count": {"type":"integer"},
            "files_scanned": {"type":"integer"},
            "files_skipped": {"type":"integer"},
            "has_more": {"type":"boolean"},
            "files": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["uri","count"],
                "properties": {"uri":{"type":"string"},"count":{"type":"integer"}}
              }
            }
          }
        },
        "MatchedDocuments": {
          "type": "object",
          "required": ["matches","count","has_more","entries"],
          "properties": {
            "matches": {"type":"array","items":{"type":"string"}},
            "count": {"type":"integer"},
            "has_more": {"type":"boolean"},
            "entries": {"type":"array","items":{"$ref":"#/components/schemas/Entry"}}
          }
        },
        """#
}
