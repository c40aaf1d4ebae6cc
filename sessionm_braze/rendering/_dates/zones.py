"""Time zones by the names and numbers that Rails, and so Braze, takes."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from math import isfinite
from zoneinfo import ZoneInfo


_MOST_HOURS = 13
"""Rails takes numbers up to this for hours, others for seconds."""

_CITIES = {
    "Africa": "Algiers,Cairo,Casablanca,Harare,Johannesburg,Monrovia,Nairobi",
    "America": "Bogota,Caracas,Chihuahua,La Paz,Lima,Mazatlan,Mexico City,Monterrey,"
    "Montevideo,Puerto Rico,Santiago,Tijuana",
    "Asia": "Almaty,Baghdad,Baku,Bangkok,Chongqing,Dhaka,Hong Kong,Irkutsk,Jakarta,"
    "Jerusalem,Kabul,Kamchatka,Karachi,Kathmandu,Kolkata,Krasnoyarsk,Kuala Lumpur,"
    "Kuwait,Magadan,Muscat,Novosibirsk,Rangoon,Riyadh,Seoul,Singapore,Srednekolymsk,"
    "Taipei,Tashkent,Tbilisi,Tehran,Tokyo,Ulaanbaatar,Urumqi,Vladivostok,Yakutsk,"
    "Yerevan",
    "Atlantic": "Azores",
    "Australia": "Adelaide,Brisbane,Darwin,Hobart,Melbourne,Perth,Sydney",
    "Europe": "Amsterdam,Athens,Belgrade,Berlin,Bratislava,Brussels,Bucharest,Budapest,"
    "Copenhagen,Dublin,Helsinki,Istanbul,Kaliningrad,Lisbon,Ljubljana,London,Madrid,"
    "Minsk,Moscow,Paris,Prague,Riga,Rome,Samara,Sarajevo,Skopje,Sofia,Stockholm,"
    "Tallinn,Vienna,Vilnius,Volgograd,Warsaw,Zagreb,Zurich",
    "Pacific": "Auckland,Fiji,Guam,Port Moresby",
}
"""Zones that Rails names after their city."""

RAILS_ZONES = {
    city: f"{region}/{city.replace(' ', '_')}"
    for region, cities in _CITIES.items()
    for city in cities.split(",")
    if city not in {"Algiers", "Johannesburg"}
} | {
    "International Date Line West": "Etc/GMT+12",
    "Midway Island": "Pacific/Midway",
    "American Samoa": "Pacific/Pago_Pago",
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Mountain Time (US & Canada)": "America/Denver",
    "Arizona": "America/Phoenix",
    "Central Time (US & Canada)": "America/Chicago",
    "Saskatchewan": "America/Regina",
    "Guadalajara": "America/Mexico_City",
    "Central America": "America/Guatemala",
    "Eastern Time (US & Canada)": "America/New_York",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Quito": "America/Lima",
    "Atlantic Time (Canada)": "America/Halifax",
    "Newfoundland": "America/St_Johns",
    "Brasilia": "America/Sao_Paulo",
    "Buenos Aires": "America/Argentina/Buenos_Aires",
    "Georgetown": "America/Guyana",
    "Greenland": "America/Godthab",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Edinburgh": "Europe/London",
    "UTC": "Etc/UTC",
    "Bern": "Europe/Zurich",
    "West Central Africa": "Africa/Algiers",
    "Kyiv": "Europe/Kiev",
    "Pretoria": "Africa/Johannesburg",
    "St. Petersburg": "Europe/Moscow",
    "Abu Dhabi": "Asia/Muscat",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Islamabad": "Asia/Karachi",
    "Chennai": "Asia/Kolkata",
    "Mumbai": "Asia/Kolkata",
    "New Delhi": "Asia/Kolkata",
    "Astana": "Asia/Almaty",
    "Sri Jayawardenepura": "Asia/Colombo",
    "Hanoi": "Asia/Bangkok",
    "Beijing": "Asia/Shanghai",
    "Osaka": "Asia/Tokyo",
    "Sapporo": "Asia/Tokyo",
    "Canberra": "Australia/Canberra",
    "Solomon Is.": "Pacific/Guadalcanal",
    "New Caledonia": "Pacific/Noumea",
    "Marshall Is.": "Pacific/Majuro",
    "Wellington": "Pacific/Auckland",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Tokelau Is.": "Pacific/Fakaofo",
    "Chatham Is.": "Pacific/Chatham",
    "Samoa": "Pacific/Apia",
}
"""The zone of each name that Rails has for one."""


def named_zone(name: str) -> dt.tzinfo | None:
    """Return the zone that IANA or Rails calls *name*, if there is one."""
    try:
        return ZoneInfo(RAILS_ZONES.get(name, name))
    except (KeyError, ValueError, OSError):
        return None


def numbered_zone(number: float, year: int) -> dt.tzinfo | None:
    """Return the zone that is *number* hours east of Greenwich, without summer time.

    Of several it is the first by Rails' name, and there is not one for each number.

    Args:
        number: Hours, or more than 13 of them as seconds.
        year: A year in which that is so.
    """
    seconds = number * 3_600 if abs(number) <= _MOST_HOURS else number
    name = _zones_by_offset(year).get(int(seconds)) if isfinite(seconds) else None
    return None if name is None else named_zone(name)


@lru_cache(maxsize=4)
def _zones_by_offset(year: int) -> dict[int, str]:
    found: dict[int, str] = {}
    seasons = [dt.datetime(year, month, 1, tzinfo=dt.UTC) for month in (1, 7)]
    for name in sorted(RAILS_ZONES, reverse=True):
        zone = named_zone(name)
        if zone is not None:
            offsets = (moment.astimezone(zone).utcoffset() for moment in seasons)
            standard = min(offset or dt.timedelta() for offset in offsets)
            found[int(standard.total_seconds())] = name
    return found
