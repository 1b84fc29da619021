from __future__ import annotations

from pathlib import Path

import pytest

from coach.config import Config, load, parse
from coach.errors import ConfigError


def test_no_file_is_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == Config()


def test_values_and_nested_limits() -> None:
    config = parse('names = ["Kim", "Sam"]\n[limits.silence]\nwait_s = 4', "c.toml")
    assert config.names == ("Kim", "Sam")
    assert config.limits.silence.wait_s == 4.0
    assert config.limits.silence.lapse_s == Config().limits.silence.lapse_s


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("volume = 3", "unknown key volume"),
        ("[limits.silence]\nwaits_s = 4", "unknown key limits.silence.waits_s"),
        ("[limits]\nsilence = 3", "limits.silence is 3"),
        ('[limits.silence]\nwait_s = "4"', "limits.silence.wait_s is '4'"),
        ("[limits.silence]\nwait_s = true", "limits.silence.wait_s is True"),
        ("[limits.silence]\nwait_s = nan", "from 0 to"),
        ("[limits.silence]\nwait_s = -1", "from 0 to"),
        (f"[limits.silence]\nwait_s = 1{'0' * 400}", "from 0 to"),
        (f"[limits.silence]\nwait_s = 1{'0' * 5000}", "not valid TOML"),
        (f"names = 0x{'f' * 9000}", "a very long number"),
        ('names = "Kim"', "names is 'Kim'"),
        ('names = ["a", "b", "c"]', "3 names"),
        ("names = [", "not valid TOML"),
    ],
)
def test_mistakes_name_file_and_key(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "c.toml")
    assert "c.toml" in str(caught.value)
    assert says in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "c.toml")
