"""Every screen of the page, each reached by a student's way on a stage."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from playwright.async_api import expect

from tests.browser.screens.staged_page import ADDRESS, PARTNER, StagedPage, in_minutes, met, problem, view

Scene = Callable[[StagedPage], Awaitable[None]]
USER_AGENT_IN_APP = "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 Discord"


def partner_is_late() -> dict[str, Any]:
    """The view of a student who may ask for somebody else."""
    times = {"another_at": in_minutes(-1), "reminder_due_at": in_minutes(-4), "reminded_at": in_minutes(-4)}
    return view(times=times)


async def ready(stage: StagedPage) -> None:
    await stage.open_link()
    await stage.expect_screen("ready")


async def ready_with_devices(stage: StagedPage) -> None:
    await ready(stage)
    for device in ("camera", "microphone"):
        await stage.page.get_by_role("switch", name=f"Turn {device} on").click()
        await expect(stage.page.get_by_role("switch", name=f"Turn {device} off")).to_be_visible()


async def refuse_devices(stage: StagedPage) -> None:
    """Have the browser refuse every device from now on."""
    refuse = 'navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); }'
    await stage.page.evaluate(f"() => {{ {refuse} }}")


async def ready_without_permission(stage: StagedPage) -> None:
    await ready(stage)
    await refuse_devices(stage)
    await stage.page.get_by_role("switch", name="Turn camera on").click()
    await expect(stage.page.get_by_role("heading", name="Your browser is blocking your")).to_be_visible()


async def entering_slowly(stage: StagedPage) -> None:
    await stage.page.clock.install()
    stage.answers |= {"GET /session": view(), "POST /session/join-token": problem("checking_membership")}
    await stage.page.goto(f"{ADDRESS}/room")
    await stage.expect_screen("entering")
    await stage.page.clock.run_for(6_000)
    await expect(stage.page.get_by_role("heading", name="This is taking longer")).to_be_visible()


def in_room(shown: Callable[[], dict[str, Any]], *presses: str) -> Scene:
    """The room with this view of our server's, after pressing some buttons."""

    async def scene(stage: StagedPage) -> None:
        await stage.open_room(shown())
        await stage.expect_screen("room")
        for name in presses:
            await stage.page.get_by_role("button", name=name, exact=True).click()

    return scene


def together(*, has_picture: bool = True, devices: bool = True, minutes_ago: float = 20) -> Scene:
    """Both are in the room."""

    async def scene(stage: StagedPage) -> None:
        await in_room(lambda: met(minutes_ago))(stage)
        await stage.page.evaluate("hasPicture => livekit.bringPartner(hasPicture)", has_picture)
        await expect(stage.page.locator("[data-partner-name]")).to_have_text(PARTNER)
        if devices:  # alone on a phone, the own picture makes room for a toast
            for name in ("Mic off", "Camera off"):
                await stage.page.locator(".bar").get_by_role("button", name=name).click()
            await expect(stage.page.locator("[data-self-view] video")).to_be_visible()

    return scene


async def reconnecting(stage: StagedPage) -> None:
    await together()(stage)
    stage.answers["POST /session/join-token"] = problem("video_unreachable")
    await stage.page.evaluate("livekit.emit('Disconnected')")
    await expect(stage.page.get_by_role("heading", name="Connection lost")).to_be_visible()


async def silenced(stage: StagedPage) -> None:
    await together()(stage)
    await stage.page.evaluate("livekit.canPlaybackAudio = false; livekit.emit('AudioPlaybackStatusChanged')")
    await expect(stage.page.get_by_role("button", name="Turn sound on")).to_be_visible()


def microphone_refused(scene: Scene) -> Scene:
    """A scene in the room in which the browser then refuses the microphone."""

    async def refused_scene(stage: StagedPage) -> None:
        await scene(stage)
        await refuse_devices(stage)
        await stage.page.locator('[data-toggle="microphone"]').click()
        await expect(stage.page.locator("[data-toast]")).to_contain_text("try again")

    return refused_scene


async def with_panel(stage: StagedPage) -> None:
    await together()(stage)
    await stage.page.get_by_role("button", name="More").click()


async def just_left(stage: StagedPage) -> None:
    await together()(stage)
    stage.answers["DELETE /session"] = {}
    left = met(state="after", times={"left_at": in_minutes(0), "undo_until": in_minutes(9)})
    stage.answers_after["DELETE /session"] = {"GET /session": left}
    await stage.page.get_by_role("button", name="Leave", exact=True).click()
    await expect(stage.page.get_by_role("button", name="Undo")).to_be_visible()


async def undone_elsewhere(stage: StagedPage) -> None:
    await just_left(stage)
    stage.answers["GET /session"] = met()
    await expect(stage.page.get_by_role("button", name="Go back to the room")).to_be_visible()


def reported(*presses: str) -> Scene:
    """The report has reached our server, and then some reasons or buttons are pressed."""

    async def scene(stage: StagedPage) -> None:
        await together()(stage)
        stage.answers["POST /report"] = {
            "number": 27,
            "read_by": "admins",
            "now": in_minutes(0),
            "undo_until": in_minutes(0.5),
        }
        await stage.page.get_by_role("button", name="Leave and report").click()
        await expect(stage.page.locator("[data-lead]")).to_contain_text("You two won't be matched again.")
        for name in presses:
            await stage.page.get_by_text(name, exact=True).click()

    return scene


async def report_unsent(stage: StagedPage) -> None:
    await together()(stage)
    await stage.page.get_by_role("button", name="Leave and report").click()
    await expect(stage.page.locator("[data-lead]")).to_contain_text("I'll keep trying")


async def report_said(stage: StagedPage) -> None:
    await reported("Hate or insults")(stage)
    await stage.page.get_by_role("textbox").fill("Called me names.")
    await stage.page.get_by_role("button", name="Send").click()
    await expect(stage.page.locator("[data-lead]")).to_contain_text("report 27")


async def report_undone(stage: StagedPage) -> None:
    await reported()(stage)
    stage.answers["POST /report/undo"] = {}
    await stage.page.get_by_role("button", name="Undo").click()
    await expect(stage.page.get_by_role("heading", name="Your report is taken back")).to_be_visible()


async def hidden_video(stage: StagedPage) -> None:
    await in_room(lambda: met(hides_partner_video=True))(stage)
    await stage.page.evaluate("livekit.bringPartner(true)")
    await expect(stage.page.get_by_role("button", name="Show video")).to_be_visible()


async def shown_video(stage: StagedPage) -> None:
    await hidden_video(stage)
    await stage.page.get_by_role("button", name="Show video").click()
    await stage.page.get_by_role("button", name="More").click()
    await expect(stage.page.get_by_role("button", name="Hide video")).to_be_visible()


def over(shown: Callable[[], dict[str, Any]]) -> Scene:
    """The over screen, as after a reload."""

    async def scene(stage: StagedPage) -> None:
        await stage.open_room(shown())
        await stage.expect_screen("over")

    return scene


def refused(code: str) -> Scene:
    """A problem that our server reports when the link is redeemed."""

    async def scene(stage: StagedPage) -> None:
        await ready(stage)
        stage.answers["POST /session"] = problem(code, **({"holder": "Wilhelmina"} if code == "other_seat" else {}))
        await stage.page.get_by_role("button", name="Join", exact=True).click()
        await stage.expect_screen("problem")

    return scene


async def removed(stage: StagedPage) -> None:
    await in_room(view)(stage)
    stage.answers["GET /session"] = problem("not_allowed")
    await stage.expect_screen("problem")


async def without_cookies(stage: StagedPage) -> None:
    stage.answers["POST /invitation/inspect"] = {"keeps_cookies": False}
    await stage.open_link()
    await stage.expect_screen("problem")


def dead_link(code: str) -> Scene:
    """A link of which our server says before Join that it opens nothing."""

    async def scene(stage: StagedPage) -> None:
        stage.answers["POST /invitation/inspect"] = problem(code, chat_url=f"{ADDRESS}/chat")
        await stage.open_link()
        await stage.expect_screen("problem")

    return scene


async def in_another_app(stage: StagedPage) -> None:
    await stage.page.add_init_script(
        f"Object.defineProperty(navigator, 'userAgent', {{ value: {USER_AGENT_IN_APP!r} }})"
    )
    await stage.open_link()
    await stage.expect_screen("problem")


SCENES: Mapping[str, Scene] = {
    "ready": ready,
    "ready, everything on": ready_with_devices,
    "ready, permission refused": ready_without_permission,
    "entering, slowly": entering_slowly,
    "alone": in_room(view),
    "alone, may choose": in_room(partner_is_late),
    "alone, still waiting": in_room(partner_is_late, "Keep waiting"),
    "partner away": in_room(lambda: met(partner={"present": False})),
    "partner declined": in_room(lambda: view(partner={"left": True})),
    "partner left": in_room(lambda: met(partner={"present": False, "left": True})),
    "together": together(),
    "together without pictures": together(has_picture=False, devices=False),
    "the time is up": together(minutes_ago=51),
    "the panel": with_panel,
    "together, microphone refused": microphone_refused(together(devices=False)),
    "alone, microphone refused": microphone_refused(in_room(view)),
    "the sound is blocked": silenced,
    "reconnecting": reconnecting,
    "just left": just_left,
    "undone elsewhere": undone_elsewhere,
    "hidden video": hidden_video,
    "shown video": shown_video,
    "reported": reported(),
    "report unsent": report_unsent,
    "report, help": reported("Get help"),
    "report, threatened": reported("Recorded or threatened me"),
    "report said": report_said,
    "report undone": report_undone,
    "over, first in line": over(lambda: view(state="ended", ended_as="declined", requeued="waiting")),
    "over, studied": over(lambda: met(60, state="ended", ended_as="done", times={"ended_at": in_minutes(0)})),
    "link used": refused("link_used"),
    "another seat": refused("other_seat"),
    "video unreachable": refused("video_unreachable"),
    "removed": removed,
    "in another app": in_another_app,
    "without cookies": without_cookies,
    "link unknown": dead_link("link_unknown"),
    "link expired": dead_link("link_expired"),
}
