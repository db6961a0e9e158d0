"""Tags of users: keys that differ by case alone are one key, kept as it was first given.

Lengths and characters of keys and values are in `constraints`, as for every other parameter.
"""

from moto.iam.models import IAMBackend, User

from portal.simulated_aws.errors import InvalidInput, LimitExceeded

_RESERVED = "aws:"
_MOST = 50


class Tags(IAMBackend):
    def create_user(self, region_name: str, user_name: str, path: str = "/", tags: list[dict[str, str]] | None = None) -> User:
        _check_keys([tag["Key"] for tag in tags or []])
        return super().create_user(region_name, user_name, path, tags)

    def tag_user(self, name: str, tags: list[dict[str, str]]) -> None:
        user = self.get_user(name)
        _check_keys([tag["Key"] for tag in tags])
        kept = {tag["Key"].casefold(): tag for tag in self.list_user_tags(user.name)}
        for tag in tags:
            folded = tag["Key"].casefold()
            key = kept[folded]["Key"] if folded in kept else tag["Key"]
            kept[folded] = {"Key": key, "Value": tag["Value"]}
        if len(kept) > _MOST:
            raise LimitExceeded(f"Cannot exceed quota for TagsPerUser: {_MOST}")
        self.tagger.tag_resource(user.arn, list(kept.values()))

    def untag_user(self, name: str, tag_keys: list[str]) -> None:
        user = self.get_user(name)
        going = {key.casefold() for key in tag_keys}
        stored = [tag["Key"] for tag in self.list_user_tags(user.name) if tag["Key"].casefold() in going]
        self.tagger.untag_resource_using_names(user.arn, stored)


def _check_keys(keys: list[str]) -> None:
    if any(key.casefold().startswith(_RESERVED) for key in keys):
        raise InvalidInput("Tag keys that start with aws: are reserved.")
    if len({key.casefold() for key in keys}) < len(keys):
        raise InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
