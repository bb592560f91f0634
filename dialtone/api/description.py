"""What all operations have in common, for the OpenAPI description: refusals, the organisation, the token."""

from __future__ import annotations

from typing import Any

REFUSAL = {
    "type": "object",
    "required": ["message", "errors", "trackingId"],
    "properties": {
        "message": {"type": "string", "description": "What is wrong, in English; programs go by `code`"},
        "errorCode": {"type": "integer"},
        "errorMessage": {"type": "string", "description": "The same as message"},
        "trackingId": {"type": "string", "description": "Tell it when you ask for help"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["description", "code"],
                "properties": {
                    "description": {"type": "string"},
                    "code": {"type": "string", "description": "Stable; for programs"},
                    "errorCode": {"type": "integer"},
                    "field": {"type": "string", "description": "JSON pointer of the field or query word"},
                    "allowed": {"type": "string"},
                    "next": {"type": "string", "description": "What to do next"},
                },
            },
        },
    },
    "examples": [
        {
            "message": "Extension 911 would clash with an emergency or service code.",
            "errors": [
                {
                    "description": "Extension 911 would clash with an emergency or service code.",
                    "code": "numbers.extension_reserved",
                    "errorCode": 25311,
                    "field": "/extension",
                }
            ],
            "trackingId": "ROUTER_6f1f3a7c0a0f4d6c8c1f1b9b6d1c2e3f",
        }
    ],
}
ORG_ID = {
    "name": "orgId",
    "in": "query",
    "required": False,
    "schema": {"type": "string"},
    "description": "The organisation that is meant: the own one, or one that the token's organisation manages",
}


def completed(schema: Any) -> Any:
    """The description with the refusal of every operation and the parameter orgId."""
    components = schema["components"]
    components.setdefault("schemas", {})["Refusal"] = REFUSAL
    components.setdefault("parameters", {})["orgId"] = ORG_ID
    components.setdefault("responses", {})["Refused"] = {
        "description": "Refused",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
    }
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"token": []}]
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", {"$ref": "#/components/responses/Refused"})
            operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/orgId"})
    return schema
