"""The sandbox's second server, in which some members are under 18. The bot is in it, and nobody has set it up."""

from datetime import timedelta

import discord

from bot.sandbox.example_server import add_member
from bot.sandbox.world import World

NAME = "Riverside College"
UNDER_18, ADULT, SAFETY, ADMINS = "Under 18", "18 or older", "Safety", "Staff"
ADULTS = ("Hugo", "Priya")
MINORS = ("Zoe", "Leo", "Mia")
WITHOUT_AGE = "Sam"
NEWCOMER, NEW_ACCOUNT = "Lotte", "Nils"  # both joined yesterday; the second account was made yesterday, too
REPORT_READER = "Vera"
COLLEGE_ADMINS = ("Erik", "Freya")
YESTERDAY = timedelta(days=1)


def create_example_college(world: World) -> int:
    """Add the server, its roles, channels and members. Returns its id."""
    server_id = world.add_server(NAME)
    admin_role = world.add_role(server_id, ADMINS, discord.Permissions(manage_guild=True))
    safety = world.add_role(server_id, SAFETY)
    adult, minor = world.add_role(server_id, ADULT), world.add_role(server_id, UNDER_18)
    campus = world.add_category(server_id, "Campus")
    world.add_channel(server_id, "library", topic="Find someone to study with", category=campus)
    world.add_channel(server_id, "canteen", topic="Talk about anything", category=campus)
    world.add_channel(server_id, "staff-room", topic="Try /buddy setup here", only=[admin_role, safety])
    for names, roles in (
        (MINORS, [minor]),
        (ADULTS, [adult]),
        ((WITHOUT_AGE,), []),
        ((REPORT_READER,), [adult, safety]),
    ):
        for name in names:
            add_member(world, server_id, name, roles=roles)
    for name in COLLEGE_ADMINS:
        add_member(world, server_id, name, roles=[adult, admin_role], admin=True)
    add_member(world, server_id, NEWCOMER, roles=[adult], member_for=YESTERDAY)
    add_member(world, server_id, NEW_ACCOUNT, roles=[adult], account_age=YESTERDAY, member_for=YESTERDAY)
    return server_id
