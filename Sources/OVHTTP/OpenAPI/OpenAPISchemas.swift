// SPDX-License-Identifier: Apache-2.0

/// The shapes of answers in the OpenAPI document, as JSON. The routes' own tests hold them against what is answered.
enum OpenAPISchemas {
    static let components = #"""
        {
          "schemas": {
            \#(history),
            "Watch": {
              "type": "object",
              "required": [
                "task_id",
                "path",
                "to_uri",
                "parent_uri",
                "reason",
                "instruction",
                "watch_interval",
                "is_active",
                "created_at",
                "last_execution_time",
                "next_execution_time",
                "account_id",
                "user_id",
                "original_role",
                "status",
                "source_type",
                "last_status",
                "last_task_id",
                "running_task_id",
                "last_success_time",
                "last_change_time",
                "consecutive_failures",
                "last_error",
                "last_error_code",
                "last_error_at",
                "suspended_reason",
                "skipped_count",
                "last_skip",
                "revision"
              ],
              "properties": {
                "task_id": {"type":"string"},
                "path": {"type":"string"},
                "to_uri": {"type":"string"},
                "parent_uri": {"type":["string","null"]},
                "reason": {"type":"string"},
                "instruction": {"type":"string"},
                "watch_interval": {"type":"number"},
                "is_active": {"type":"boolean"},
                "created_at": {"type":"string","format":"date-time"},
                "last_execution_time": {"type":["string","null"],"format":"date-time"},
                "next_execution_time": {"type":["string","null"],"format":"date-time"},
                "account_id": {"type":"string"},
                "user_id": {"type":"string"},
                "original_role": {"enum":["root","admin","user"]},
                "status": {"enum":["active","paused","suspended"]},
                "source_type": {"type":"string"},
                "last_status": {"type":["string","null"]},
                "last_task_id": {"type":["string","null"]},
                "running_task_id": {"type":["string","null"]},
                "last_success_time": {"type":["string","null"],"format":"date-time"},
                "last_change_time": {"type":["string","null"],"format":"date-time"},
                "consecutive_failures": {"type":"integer"},
                "last_error": {"type":["string","null"]},
                "last_error_code": {"type":["string","null"]},
                "last_error_at": {"type":["string","null"],"format":"date-time"},
                "suspended_reason": {"type":["string","null"]},
                "skipped_count": {"type":"integer"},
                "last_skip": {
                  "anyOf": [
                    {
                      "type": "object",
                      "required": ["at","cause"],
                      "properties": {"at":{"type":"string","format":"date-time"},"cause":{"type":"string"}}
                    },
                    {"type":"null"}
                  ]
                },
                "revision": {"type":["string","null"]}
              }
            },
            "WatchList": {
              "type": "object",
              "required": ["tasks","total"],
              "properties": {
                "tasks": {"type":"array","items":{"$ref":"#/components/schemas/Watch"}},
                "total": {"type":"integer"},
                "next_cursor": {"type":"string"}
              }
            },
            "WatchListOrWatch": {
              "anyOf": [{"$ref":"#/components/schemas/WatchList"},{"$ref":"#/components/schemas/Watch"}]
            },
            "DeletedWatch": {
              "type": "object",
              "required": ["task_id","to_uri","deleted"],
              "properties": {"task_id":{"type":"string"},"to_uri":{"type":"string"},"deleted":{"const":true}}
            },
            "TriggerReceipt": {
              "type": "object",
              "required": ["task_id","to_uri","scheduled","run_id","coalesced"],
              "properties": {
                "task_id": {"type":"string"},
                "to_uri": {"type":"string"},
                "scheduled": {"const":true},
                "run_id": {"type":"string"},
                "coalesced": {"type":"boolean"}
              }
            },
            "DueReceipt": {
              "type": "object",
              "required": ["started","running"],
              "properties": {
                "started": {"type":"array","items":{"$ref":"#/components/schemas/TriggerReceipt"}},
                "running": {"type":"array","items":{"type":"string"}}
              }
            },
            "Task": {
              "type": "object",
              "required": [
                "task_id",
                "task_type",
                "status",
                "stage",
                "progress",
                "resource_id",
                "watch_id",
                "trigger",
                "scheduled_for",
                "created_at",
                "updated_at",
                "started_at",
                "finished_at",
                "result",
                "error"
              ],
              "properties": {
                "task_id": {"type":"string"},
                "task_type": {"enum":["add_resource","watch_refresh"]},
                "status": {"enum":["pending","running","cancelling","completed","failed","cancelled"]},
                "stage": {"enum":["queued","fetching","converting","publishing"]},
                "progress": {
                  "type": "object",
                  "required": ["documents","bytes"],
                  "properties": {
                    "documents": {"type":"integer"},
                    "bytes": {"type":"integer"},
                    "total_documents": {"type":"integer"}
                  }
                },
                "resource_id": {"type":"string"},
                "watch_id": {"type":["string","null"]},
                "trigger": {"enum":["create","schedule","manual","catch_up","retry"]},
                "scheduled_for": {"type":["string","null"],"format":"date-time"},
                "created_at": {"type":"number"},
                "updated_at": {"type":"number"},
                "started_at": {"type":["string","null"],"format":"date-time"},
                "finished_at": {"type":["string","null"],"format":"date-time"},
                "result": {
                  "anyOf": [
                    {
                      "type": "object",
                      "required": [
                        "outcome",
                        "revision",
                        "added",
                        "changed",
                        "removed",
                        "unchanged",
                        "bytes",
                        "warnings"
                      ],
                      "properties": {
                        "outcome": {"enum":["updated","unchanged","held"]},
                        "revision": {"type":["string","null"]},
                        "added": {"type":"integer"},
                        "changed": {"type":"integer"},
                        "removed": {"type":"integer"},
                        "unchanged": {"type":"integer"},
                        "bytes": {"type":"integer"},
                        "warnings": {"type":"array","items":{"type":"string"}}
                      }
                    },
                    {"type":"null"}
                  ]
                },
                "error": {
                  "anyOf": [
                    {
                      "type": "object",
                      "required": ["code","message"],
                      "properties": {
                        "code": {"type":"string"},
                        "message": {"type":"string"},
                        "hint": {"type":"string"},
                        "cause": {"type":"string"}
                      }
                    },
                    {"type":"null"}
                  ]
                }
              }
            },
            "TaskListOrPage": {
              "anyOf": [
                {"type":"array","items":{"$ref":"#/components/schemas/Task"}},
                {
                  "type": "object",
                  "required": ["items","next_cursor"],
                  "properties": {
                    "items": {"type":"array","items":{"$ref":"#/components/schemas/Task"}},
                    "next_cursor": {"type":["string","null"]}
                  }
                }
              ]
            },
            "IngestReceipt": {
              "type": "object",
              "required": ["status","root_uri","task_id","source_path","watch","coalesced"],
              "properties": {
                "status": {"enum":["accepted","success"]},
                "root_uri": {"type":"string"},
                "task_id": {"type":"string"},
                "source_path": {"type":"string"},
                "watch": {"anyOf":[{"$ref":"#/components/schemas/Watch"},{"type":"null"}]},
                "coalesced": {"type":"boolean"},
                "outcome": {"enum":["updated","unchanged"]},
                "added": {"type":"integer"},
                "changed": {"type":"integer"},
                "removed": {"type":"integer"},
                "unchanged": {"type":"integer"},
                "bytes": {"type":"integer"},
                "revision": {"type":["string","null"]},
                "warnings": {"type":"array","items":{"type":"string"}}
              }
            },
            "IngestPlan": {
              "type": "object",
              "required": ["root_uri","source_path","dry_run","added","changed","removed","unchanged","unchecked","bytes","warnings"],
              "properties": {
                "root_uri": {"type":"string"},
                "source_path": {"type":"string"},
                "dry_run": {"const":true},
                "verify": {"const":true},
                "matches": {"type":"boolean"},
                "unchecked": {"type":"array","items":{"type":"string"}},
                "added": {"type":"array","items":{"type":"string"}},
                "changed": {"type":"array","items":{"type":"string"}},
                "removed": {"type":"array","items":{"type":"string"}},
                "unchanged": {"type":"integer"},
                "bytes": {"type":"integer"},
                "would_be_held": {"type":["string","null"]},
                "warnings": {"type":"array","items":{"type":"string"}}
              }
            },
            "IngestReceiptOrPlan": {
              "anyOf": [{"$ref":"#/components/schemas/IngestReceipt"},{"$ref":"#/components/schemas/IngestPlan"}]
            },
            "Upload": {
              "type": "object",
              "required": ["temp_file_id"],
              "properties": {"temp_file_id":{"type":"string"}}
            },
            "Entry": {
              "type": "object",
              "required": [
                "uri",
                "name",
                "size",
                "isDir",
                "modTime",
                "rel_path",
                "abstract",
                "documents",
                "media_type",
                "last_checked",
                "last_changed"
              ],
              "properties": {
                "uri": {"type":"string"},
                "name": {"type":"string"},
                "size": {"type":"integer"},
                "isDir": {"type":"boolean"},
                "modTime": {"type":["string","null"],"format":"date-time"},
                "rel_path": {"type":"string"},
                "abstract": {"type":"string"},
                "documents": {"type":"integer"},
                "media_type": {"type":["string","null"]},
                "last_checked": {"type":["string","null"],"format":"date-time"},
                "last_changed": {"type":["string","null"],"format":"date-time"}
              }
            },
            "Entries": {"type":"array","items":{"$ref":"#/components/schemas/Entry"}},
            "EntriesOrAddresses": {
              "type": "array",
              "items": {"anyOf":[{"$ref":"#/components/schemas/Entry"},{"type":"string"}]}
            },
            "Removal": {
              "type": "object",
              "required": ["uri","removed","documents","suspended_watches"],
              "properties": {
                "uri": {"type":"string"},
                "removed": {"type":"array","items":{"type":"string"}},
                "documents": {"type":"integer"},
                "suspended_watches": {"type":"array","items":{"type":"string"}}
              }
            },
            "Text": {"type":"string"},
            "Status": {
              "type": "object",
              "required": [
                "home",
                "version",
                "is_healthy",
                "resources",
                "documents",
                "document_bytes",
                "watches",
                "tasks",
                "next_run",
                "store",
                "scheduler",
                "daemon"
              ],
              "properties": {
                "home": {"type":"string"},
                "version": {"type":"string"},
                "is_healthy": {"type":"boolean"},
                "resources": {"type":"integer"},
                "documents": {"type":"integer"},
                "document_bytes": {"type":"integer"},
                "watches": {
                  "type": "object",
                  "required": ["active","paused","suspended","failing","due"],
                  "properties": {
                    "active": {"type":"integer"},
                    "paused": {"type":"integer"},
                    "suspended": {"type":"integer"},
                    "failing": {"type":"integer"},
                    "due": {"type":"integer"}
                  }
                },
                "tasks": {
                  "type": "object",
                  "required": ["pending","running"],
                  "properties": {"pending":{"type":"integer"},"running":{"type":"integer"}}
                },
                "next_run": {"type":["string","null"],"format":"date-time"},
                "store": {
                  "type": "object",
                  "required": ["state_bytes","pack_bytes","packs","sequence","generation"],
                  "properties": {
                    "state_bytes": {"type":"integer"},
                    "pack_bytes": {"type":"integer"},
                    "packs": {"type":"integer"},
                    "sequence": {"type":"integer"},
                    "generation": {"type":"integer"}
                  }
                },
                "scheduler": {"type":["string","null"]},
                "daemon": {"type":["string","null"]}
              }
            },
            \#(search)
            "Idle": {
              "type": "object",
              "required": ["idle","waited_for"],
              "properties": {"idle":{"const":true},"waited_for":{"type":"integer"}}
            },
            "Failure": {
              "type": "object",
              "required": ["status","error"],
              "properties": {
                "status": {"const":"error"},
                "error": {
                  "type": "object",
                  "required": ["code","message","details"],
                  "properties": {
                    "code": {"type":"string"},
                    "message": {"type":"string"},
                    "details": {"type":"object"},
                    "hint": {"type":"string"}
                  }
                }
              }
            }
          },
          "securitySchemes": {
            "apiKey": {"type":"apiKey","in":"header","name":"X-API-Key"},
            "bearer": {"type":"http","scheme":"bearer"}
          }
        }
        """#
}
