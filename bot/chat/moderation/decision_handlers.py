"""Opens the forms of readers and carries out what they submit: decisions, steps, and what a second look comes to."""

from collections.abc import Awaitable, Callable

from bot.chat.moderation import custom_ids
from bot.chat.moderation.decisions import DeskDecisions
from bot.chat.moderation.desk_answers import DeskAnswers, Opening
from bot.chat.moderation.forms import (
    DecisionChoices,
    decision_form,
    sentence_form,
    submitted_sentence,
    submitted_verdict,
)
from bot.chat.moderation.readers import ReaderHere, ReaderLookup
from bot.chat.ui.components import Handlers, IdFields, Interaction, submitted_fields
from bot.chat.ui.replies import Replies
from bot.chat.ui.rules import first_rules, rules_of
from bot.domain.report import ReportSide
from bot.domain.verdict import AppealOutcome, Decision
from bot.store.servers import Servers

Act = Callable[[ReaderHere], Awaitable[str]]
"""What a reader does; returns the key of the note that says so."""


class DecisionHandlers:
    """The buttons that open a form, and the forms. Who may act is judged when a form is submitted."""

    def __init__(
        self,
        *,
        answers: DeskAnswers,
        decisions: DeskDecisions,
        readers: ReaderLookup,
        servers: Servers,
        replies: Replies,
    ) -> None:
        self._answers = answers
        self._decisions = decisions
        self._readers = readers
        self._servers = servers
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {
            custom_ids.DECIDE: self._open_decision,
            custom_ids.DO_STEP: self._open_step,
            custom_ids.DECIDE_APPEAL: self._open_appeal,
        }

    def forms(self) -> Handlers:
        """The forms by their custom id."""
        return {
            custom_ids.DECIDE_FORM: self._decide,
            custom_ids.STEP_FORM: self._do_step,
            custom_ids.APPEAL_FORM: self._decide_appeal,
        }

    async def _open_decision(self, interaction: Interaction, fields: IdFields) -> None:
        async def send_form() -> None:
            words = self._replies.words_of(interaction)
            server = await self._servers.get(int(fields["server"]))
            choices = DecisionChoices(
                decision=Decision(fields["decision"]),
                rules=rules_of(words, server) if server else first_rules(words),
                can_be_everywhere=self._readers.is_operator(interaction),
            )
            custom_id = custom_ids.DECIDE_FORM.format(**fields)
            await interaction.response.send_modal(decision_form(words, custom_id=custom_id, choices=choices))

        await self._replies.respond(interaction, send_form)

    async def _open_step(self, interaction: Interaction, fields: IdFields) -> None:
        await self._open_sentence(interaction, custom_ids.STEP_FORM.format(**fields), fields["step"])

    async def _open_appeal(self, interaction: Interaction, fields: IdFields) -> None:
        await self._open_sentence(interaction, custom_ids.APPEAL_FORM.format(**fields), fields["outcome"])

    async def _open_sentence(self, interaction: Interaction, custom_id: str, what: str) -> None:
        async def send_form() -> None:
            words = self._replies.words_of(interaction)
            await interaction.response.send_modal(sentence_form(words, custom_id=custom_id, what=what))

        await self._replies.respond(interaction, send_form)

    async def _decide(self, interaction: Interaction, fields: IdFields) -> None:
        values = submitted_fields(interaction)

        async def act(here: ReaderHere) -> str:
            verdict = submitted_verdict(Decision(fields["decision"]), values)
            return await self._decisions.decide(here.reader, fields["report"], verdict)

        await self._carry_out(interaction, fields, act, submitted_sentence(values))

    async def _do_step(self, interaction: Interaction, fields: IdFields) -> None:
        sentence = submitted_sentence(submitted_fields(interaction))

        async def act(here: ReaderHere) -> str:
            return await self._decisions.do_step(here.reader, fields["report"], fields["step"], sentence)

        await self._carry_out(interaction, fields, act, sentence, stays=True)

    async def _decide_appeal(self, interaction: Interaction, fields: IdFields) -> None:
        sentence = submitted_sentence(submitted_fields(interaction))
        side, outcome = ReportSide(fields["side"]), AppealOutcome(fields["outcome"])

        async def act(here: ReaderHere) -> str:
            return await self._decisions.decide_appeal(here.reader, fields["report"], side, outcome, sentence)

        await self._carry_out(interaction, fields, act, sentence)

    async def _carry_out(
        self, interaction: Interaction, fields: IdFields, act: Act, sentence: str, *, stays: bool = False
    ) -> None:
        """Do it and show the list, or the report again if the reader `stays` with it; the note says what was done.

        What cannot be done is said beside the report, and the reader gets back what they wrote.
        """

        async def work(here: ReaderHere) -> None:
            note = await act(here)
            if stays:
                opening = Opening(report_id=fields["report"], note=note)
                await self._answers.show_report(interaction, here, opening)
            else:
                text = self._replies.words_of(interaction)(f"chat.reports.note.{note}")
                await self._answers.show_queue(interaction, here, note=text)

        await self._answers.answer(interaction, int(fields["server"]), work, typed=sentence)
