"""What CloudFormation makes of a template: conditions, references and substitutions, and no more."""

import json
import re
from typing import Any

NOTHING = object()
PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::NoValue": NOTHING,
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::URLSuffix": "amazonaws.com",
}


def resource(path, name, **parameters: Any) -> dict[str, Any]:
    """The properties of a resource, for these parameters; the others have their defaults."""
    from cfnlint.decode import cfn_yaml  # noqa: PLC0415 - takes a second, of whoever collects the tests too

    template = cfn_yaml.load(str(path))
    defaults = {key: _given(item) for key, item in template["Parameters"].items()}
    stack = _Stack({**PSEUDO, **defaults, **parameters}, template.get("Conditions", {}))
    return stack.resolved(template["Resources"][name]["Properties"])


def _given(parameter):
    default = parameter.get("Default")
    return default.split(",") if parameter["Type"] == "CommaDelimitedList" else default


class _Stack:
    def __init__(self, values, conditions):
        self.values = values
        self.conditions = conditions
        self.functions = {
            "Ref": values.__getitem__,
            "Fn::Sub": self.sub,
            "Fn::If": self.choose,
            "Fn::Equals": lambda items: self.resolved(items[0]) == self.resolved(items[1]),
            "Fn::Not": lambda items: not self.resolved(items[0]),
            "Fn::Join": lambda items: items[0].join(self.resolved(items[1])),
        }

    def resolved(self, part):
        if isinstance(part, list):
            return [found for item in part if (found := self.resolved(item)) is not NOTHING]
        if not isinstance(part, dict):
            return part
        for name, argument in part.items():
            if name in self.functions:
                return self.functions[name](argument)
        found = {key: self.resolved(item) for key, item in part.items()}
        return {key: item for key, item in found.items() if item is not NOTHING}

    def sub(self, text):
        filled = re.sub(r"\$\{([^}]+)\}", lambda found: self.values[found[1]], text)
        return json.loads(filled) if filled.startswith("{") else filled

    def choose(self, items):
        condition, yes, no = items
        return self.resolved(yes if self.resolved(self.conditions[condition]) else no)
