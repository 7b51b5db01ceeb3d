"""Stories of readers: a report that waits, two who have the role to read it, and what they are shown."""

from dataclasses import dataclass

from simcord import InteractionResult, MemberActor, ResponseMessage

from bot.store.report_rows import Report
from tests.chat.chat_harness import ChatHarness
from tests.chat.safety.report_stories import Session, all_reports, session_over, told
from tests.chat.setup.staff_room import hidden_from_all, open_to, set_overwrites
from tests.chat.shown import custom_id_of, message_of

SECRET = "He asked me for my address."


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Alice has reported Bob. Rita and Sam read reports, by a role; Dana is an admin without it."""

    harness: ChatHarness
    story: Session
    rita: MemberActor
    sam: MemberActor
    dana: MemberActor
    report: Report

    async def list(self, reader: MemberActor | None = None) -> InteractionResult:
        """The answer to `/reports`, by default Rita's."""
        return await (reader or self.rita).slash(self.harness.study, "reports")

    async def opened(self, reader: MemberActor | None = None) -> ResponseMessage:
        """The report, opened from the list."""
        who = reader or self.rita
        message = message_of(await self.list(who))
        await who.click(message, custom_id=custom_id_of(message, "hb:rep:open"))
        return message

    async def submit(
        self, message: ResponseMessage, beginning: str, reader: MemberActor | None = None, /, **values: object
    ) -> InteractionResult:
        """Press the button whose id begins so, and send its form."""
        who = reader or self.rita
        form = await who.click(message, custom_id=custom_id_of(message, beginning))
        return await who.submit_modal(form, {key: value for key, value in values.items() if value is not None})

    async def decide(
        self, message: ResponseMessage, decision: str, reader: MemberActor | None = None, /, **values: object
    ) -> InteractionResult:
        """Decide by the form, with the first rule and a sentence unless said."""
        filled: dict[str, object] = {"rule": ["1"], "sentence": "So it is.", **values}
        return await self.submit(message, f"hb:rep:decide:{decision}:", reader, **filled)

    async def now(self) -> Report:
        """The report as it is, while it waits for a decision."""
        [report] = await all_reports(self.harness)
        return report


async def report_waits(harness: ChatHarness, reason: str = "hate", words: str = SECRET) -> Desk:
    """Alice has reported Bob after their session, and everybody was told who is to be told."""
    role = harness.guild.create_role("Safety")
    story = await session_over(harness, reader_role_id=role.id)
    rita, sam = harness.member("Rita", roles=[role]), harness.member("Sam", roles=[role])
    me = harness.guild.me
    assert me is not None
    seeing = [open_to(each.id) for each in (me, rita, sam)]
    await set_overwrites(harness, harness.guild.channels["staff"], hidden_from_all(harness), *seeing)
    await story.report(reason, words)
    await told(harness)
    [report] = await all_reports(harness)
    return Desk(harness=harness, story=story, rita=rita, sam=sam, dana=harness.admin("Dana"), report=report)
