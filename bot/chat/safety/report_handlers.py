"""Answers `/study report`, and the buttons and forms with which members report and say more."""

from collections import Counter
from collections.abc import Mapping, Sequence

from discord.app_commands import Choice

from bot.chat.discord_limits import MAX_CHOICE_LETTERS, MAX_CHOICES
from bot.chat.safety import custom_ids
from bot.chat.safety.cards import filed_card, fine_card, help_card, wrong_card
from bot.chat.safety.forms import report_form, second_look_form, submitted_report, submitted_words
from bot.chat.safety.report_actions import ReportActions, ReportAnswer
from bot.chat.ui.components import Handlers, IdFields, Interaction, submitted_fields
from bot.chat.ui.layout import card_view
from bot.chat.ui.name_search import matching_names
from bot.chat.ui.notices import notice_card
from bot.chat.ui.replies import Replies
from bot.domain.report import ReportPlace
from bot.store.reports import Reportable


class ReportHandlers:
    """The command, the buttons and the forms of reports, as members use them."""

    def __init__(self, actions: ReportActions, replies: Replies) -> None:
        self._actions = actions
        self._replies = replies

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {
            custom_ids.FINE: self._fine,
            custom_ids.WRONG: self._wrong,
            custom_ids.SAY_MORE: self._say_more,
            custom_ids.GET_HELP: self._show_help,
            custom_ids.SECOND_LOOK: self._open_second_look,
        }

    def forms(self) -> Handlers:
        """The forms by their custom id."""
        return {custom_ids.REPORT_FORM: self._file, custom_ids.SECOND_LOOK_FORM: self._ask_second_look}

    async def report(self, interaction: Interaction, typed: str | None) -> None:
        """Answer `/study report`: open the form about whom the member means, by default their last partner."""

        async def send_form() -> None:
            partner = await self._actions.to_report(interaction.user.id, typed)
            await self._open_form(interaction, ReportPlace.COMMAND, partner.seat_id, partner.name)

        await self._replies.respond(interaction, send_form)

    async def suggest_partners(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        """Those whom the member can report, as far as they fit what was typed; none while the store does not answer."""
        nameless = self._replies.words_of(interaction)("chat.nameless")

        async def find_choices() -> list[Choice[str]]:
            partners = await self._actions.reportable(interaction.user.id)
            labels = _labels(partners, nameless)
            fitting = matching_names(typed, list(labels))[:MAX_CHOICES]
            return [Choice(name=label[:MAX_CHOICE_LETTERS], value=str(labels[label])) for label in fitting]

        return await self._replies.suggest(find_choices, otherwise=[])

    async def _wrong(self, interaction: Interaction, fields: IdFields) -> None:
        async def send_form() -> None:
            partner = await self._actions.own_partner(interaction.user.id, fields["seat"])
            await self._open_form(interaction, ReportPlace.MESSAGE, partner.seat_id, partner.name)

        await self._replies.respond(interaction, send_form)

    async def _say_more(self, interaction: Interaction, fields: IdFields) -> None:
        async def send_form() -> None:
            report = await self._actions.own_report(interaction.user.id, fields["report"])
            await self._open_form(
                interaction, ReportPlace.COMMAND, report.seat_id, report.partner_name, number=report.number
            )

        await self._replies.respond(interaction, send_form)

    async def _open_form(
        self, interaction: Interaction, place: ReportPlace, seat_id: str, partner: str, *, number: int | None = None
    ) -> None:
        words = self._replies.words_of(interaction)
        form = report_form(
            words,
            custom_id=custom_ids.REPORT_FORM.format(place=place, seat=seat_id),
            partner=partner or words("chat.your_partner"),
            number=number,
        )
        await interaction.response.send_modal(form)

    async def _file(self, interaction: Interaction, fields: IdFields) -> None:
        """File what was submitted. The message after a session then says so, and asks nothing more."""
        reason, typed = submitted_report(submitted_fields(interaction))
        place = ReportPlace(fields["place"])

        async def action() -> ReportAnswer:
            return await self._actions.file_report(
                interaction.user.id, fields["seat"], place=place, reason=reason, words=typed
            )

        async def answer_in_place() -> None:
            words, answer = self._replies.words_of(interaction), await action()
            await self._replies.show_view(interaction, card_view(wrong_card(words, answer.filed.number)))
            await self._replies.show_beside(interaction, filed_card(words, answer))

        if place is ReportPlace.MESSAGE and interaction.message is not None:
            await self._replies.defer(interaction, answer_in_place, in_place=True, typed=typed)
        else:
            await self._replies.reply(interaction, action, filed_card, becomes_card=False, typed=typed)

    async def _fine(self, interaction: Interaction, fields: IdFields) -> None:
        async def answer_in_place() -> None:
            partner = await self._actions.own_partner(interaction.user.id, fields["seat"])
            card = fine_card(self._replies.words_of(interaction), partner.name)
            await self._replies.show_view(interaction, card_view(card))

        await self._replies.defer(interaction, answer_in_place, in_place=True)

    async def _show_help(self, interaction: Interaction, _: IdFields) -> None:
        async def show() -> None:
            await self._replies.show_beside(interaction, help_card(self._replies.words_of(interaction)))

        await self._replies.defer(interaction, show)

    async def _open_second_look(self, interaction: Interaction, fields: IdFields) -> None:
        async def send_form() -> None:
            custom_id = custom_ids.SECOND_LOOK_FORM.format(report=fields["report"])
            form = second_look_form(self._replies.words_of(interaction), custom_id=custom_id)
            await interaction.response.send_modal(form)

        await self._replies.respond(interaction, send_form)

    async def _ask_second_look(self, interaction: Interaction, fields: IdFields) -> None:
        typed = submitted_words(submitted_fields(interaction))
        await self._replies.reply(
            interaction,
            lambda: self._actions.ask_second_look(interaction.user.id, fields["report"], typed),
            notice_card,
            becomes_card=False,
            typed=typed,
        )


def _labels(partners: Sequence[Reportable], nameless: str) -> Mapping[str, int]:
    """Ids by name, in this order; members of the same name also have the day of their match."""
    names = [each.partner_name or nameless for each in partners]
    shared = {name for name, count in Counter(names).items() if count > 1}
    days = [each.matched_at.date().isoformat() for each in partners]
    labels = [f"{name} · {day}" if name in shared else name for name, day in zip(names, days, strict=True)]
    return {label: each.partner_id for label, each in zip(labels, partners, strict=True)}
