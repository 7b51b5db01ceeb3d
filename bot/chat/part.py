"""The chat part put together from plain values: what the process that runs it needs, and nothing else of Discord."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.chat import cards
from bot.chat.actions.blocking import Blocking
from bot.chat.actions.meetings import Meetings
from bot.chat.actions.search import Search
from bot.chat.buttons import Buttons
from bot.chat.client import HeyBuddyClient
from bot.chat.commands.buddy import Buddy
from bot.chat.commands.study import Study
from bot.chat.connection import Connection
from bot.chat.conversation import Conversation
from bot.chat.deliver import Deliver
from bot.chat.invalid_requests import InvalidRequests
from bot.chat.links import Links
from bot.chat.pressing import Forms
from bot.chat.seal import Seal
from bot.chat.setup.choices import Choices
from bot.chat.setup.presses import SetupPresses
from bot.clock import Clock
from bot.matching.fit import Weights
from bot.store import Store
from bot.words import load


class Chat:
    """`run` connects and stays; `deliver` is what the courier calls; `ready` says whether events arrive.

    `link_key` and `interaction_key` are derived keys of 32 bytes; `public_url` has no slash at its end. `turn` returns
    when a request that counts towards Discord's limit may be sent.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        token: str,
        api_base: str,
        link_key: bytes,
        interaction_key: bytes,
        public_url: str,
        wait_minutes: int,
        weights: Weights,
        turn: Callable[[], Awaitable[None]],
        shard_ids: Sequence[int] | None = None,
        shard_count: int | None = None,
    ) -> None:
        names = cards.language_names(load())
        seal = Seal(interaction_key, clock)
        links = Links(invitations=store.invitations, clock=clock, key=link_key, public_url=public_url)
        meetings = _meetings(store, links, clock)
        search = Search(
            servers=store.servers,
            members=store.members,
            tickets=store.tickets,
            meetings=meetings,
            clock=clock,
            wait_minutes=wait_minutes,
            language_names=names,
            weights=weights,
        )
        conversation = Conversation(
            meetings=meetings, interactions=store.interactions, seal=seal, clock=clock, speak=load
        )
        blocking = Blocking(blocks=store.blocks, matches=store.matches, clock=clock)
        study = Study(search=search, meetings=meetings, blocking=blocking, conversation=conversation)
        buttons, setup = Buttons(search, meetings, conversation), _setup(store, conversation, names)
        self.client = HeyBuddyClient(
            groups=[study, Buddy(setup)],
            items=[*buttons.items(), *setup.items()],
            forms=Forms({**buttons.forms(), **setup.forms()}),
            conversation=conversation,
            installation=store.installation,
            invalid_requests=InvalidRequests(clock),
            shard_count=shard_count,
        )
        self.deliver = Deliver(
            client=self.client,
            members=store.members,
            interactions=store.interactions,
            servers=store.servers,
            links=links,
            seal=seal,
            clock=clock,
            speak=load,
            turn=turn,
        )
        self._connection = Connection(
            self.client, token=token, api_base=api_base, shard_ids=shard_ids, clock=clock, finish=conversation.finish
        )

    @property
    def ready(self) -> bool:
        """Whether Discord's events arrive."""
        return self._connection.ready

    async def run(self) -> None:
        """Run until cancelled. Raises TokenRefused when Discord does not take the token."""
        await self._connection.run()


def _meetings(store: Store, links: Links, clock: Clock) -> Meetings:
    return Meetings(
        matches=store.matches,
        invitations=store.invitations,
        browser_sessions=store.browser_sessions,
        links=links,
        clock=clock,
    )


def _setup(store: Store, conversation: Conversation, language_names: Mapping[str, str]) -> SetupPresses:
    first_subjects = load()("chat.setup.first_subjects").split(", ")
    return SetupPresses(Choices(store.servers, first_subjects), conversation, language_names)
