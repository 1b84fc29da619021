"""Forgetting: what is to go is shown first, by its days and names, and then leaves no trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from coach.errors import CoachError
from coach.store.values import between, of_person
from coach.web.desk import desk
from coach.web.pages import form, page, to
from coach.web.talks import Row, rows

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.store import Session, Store
    from coach.web.desk import Desk

WAYS = ("talk", "sound", "person", "from", "to", "everything")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be forgotten, as the forms say it and as the page shows it."""

    fields: Mapping[str, str]  # that say the same once more
    title: str
    talks: tuple[Session, ...] = ()
    person: str = ""  # whose voice and code go, too
    voice: bool = False
    everything: bool = False
    sound_only: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        return rows(self.talks[::-1])


def asked(request: Request) -> Response:
    """The ways to forget; or, where one was chosen, what would go."""
    at = desk(request)
    given = {name: value for name, value in request.query_params.items() if name in WAYS and value}
    if not given:
        names = dict.fromkeys(name for one in reversed(at.store.sessions()) for name in one.names)
        return page(request, "forget.html", names=tuple(names), first=_first_day(at.store), today=date.today())
    return page(request, "sure.html", wish=wish(at.store, given), results=len(at.store.practice_results()))


def forgotten(request: Request) -> Response:
    at = desk(request)
    wanted = wish(at.store, {name: value for name, value in form(request).items() if name in WAYS and value})
    _forget(at, wanted)
    return to("/?done=forgotten")


def _forget(at: Desk, wanted: Wish) -> None:
    at.forget()
    if wanted.everything:
        if at.live.running or at.work.busy:
            raise CoachError("A talk or an analysis is going on. End it first, then forget everything.")
        at.store.erase()
        at.practising = None
        at.halves.shut()
    elif wanted.person:
        at.store.forget_person(wanted.person)
    elif wanted.sound_only:
        if not at.store.delete_sound(wanted.talks[0].id):
            raise CoachError("There is no sound of this talk that could be deleted now.")
    else:
        at.store.drop(*(one.id for one in wanted.talks))


def wish(store: Store, fields: Mapping[str, str]) -> Wish:
    """Raises CoachError where nothing is meant by it."""
    match fields:
        case {"everything": "yes"}:
            return Wish(fields=fields, title="Forget everything?", talks=store.sessions(), everything=True)
        case {"talk": id_}:
            return Wish(fields={"talk": id_}, title="Forget this talk?", talks=(store.session(id_),))
        case {"sound": id_}:
            one = store.session(id_)
            return Wish(fields={"sound": id_}, title="Delete the sound of this talk?", talks=(one,), sound_only=True)
        case {"person": name}:
            return _of_person(store, name)
        case {"from": first, "to": last}:
            return _between(store, first, last)
    raise CoachError("Choose what is to be forgotten: a talk, a person, some days, or everything.")


def _of_person(store: Store, name: str) -> Wish:
    found = of_person(store.sessions(), name)
    voice = name.casefold() in (own.casefold() for own in store.voices())
    if not found and not voice:
        raise CoachError("Nothing of anybody with this name is kept.")
    return Wish(fields={"person": name}, title=f"Forget everything with {name}?", talks=found, person=name, voice=voice)


def _between(store: Store, first: str, last: str) -> Wish:
    try:
        found = between(store.sessions(), first, last)
    except ValueError:
        raise CoachError("These are no two days. Go back, and choose the first and the last.") from None
    if not found:
        raise CoachError("There was no talk on these days.")
    return Wish(fields={"from": first, "to": last}, title="Forget the talks of these days?", talks=found)


def _first_day(store: Store) -> str:
    found = store.sessions()
    return found[0].started_at[:10] if found else date.today().isoformat()
