"""Every filter, with the results Braze documents or Ruby gives."""

import datetime as dt

import pytest

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import Renderer


DATA = {
    "list": ["pear", "Apple", "fig"],
    "nums": [3, 1, 2],
    "mix": ["a", None, 1, True, 2.5, ["x", ["y"]], {"k": "v"}],
    "objs": [{"n": "b", "v": 2}, {"n": "A", "v": None}, {"n": "c"}],
    "o": {"a": 1, "b": [None, True], "c": 'q"\n#{x}'},
    "big": 1e20,
    "nil": None,
    "key": "a",
    "inf": float("inf"),
}


def check(render, template, expected):
    """Render one output with the common data."""
    assert expected == render("{{ " + template + " }}", DATA)


class TestStrings:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("'a' | append: 'b'", "ab"),
            ("'x' | append: 1.5 | append: true | append: nil", "x1.5true"),
            ("'a' | prepend: 'b'", "ba"),
            ("'hELLO wORLD' | capitalize", "Hello world"),
            ("'élan' | capitalize", "Élan"),
            ("'AbÉ' | downcase", "abé"),
            ("'\u039f\u03a3' | downcase", "\u03bf\u03c3"),
            ("'\u00dfa' | capitalize", "Ssa"),
            ("'abé' | upcase", "ABÉ"),
            ('"it\'s <b> & " | escape', "it&#39;s &lt;b&gt; &amp; "),
            ("'&lt; <' | escape_once", "&lt; &lt;"),
            ("'a\nb\r\nc' | newline_to_br", "a<br />\nb<br />\nc"),
            ("'a\nb\r\nc' | strip_newlines", "abc"),
            (
                "'<p>Hi <b>you</b></p><script>x</script><!-- y -->' | strip_html",
                "Hi you",
            ),
            ("' a b ' | strip", "a b"),
            ("' a ' | lstrip", "a "),
            ("' a ' | rstrip", " a"),
            ("'abab' | replace: 'a', 'x'", "xbxb"),
            ("'abab' | replace_first: 'a', 'x'", "xbab"),
            ("'abab' | replace_last: 'a', 'x'", "abxb"),
            ("'abab' | remove: 'a'", "bb"),
            ("'abab' | remove_first: 'a'", "bab"),
            ("'abab' | remove_last: 'a'", "abb"),
            ("'a' | replace: '', '-'", "-a-"),
            ("'loyalty' | slice: 0", "l"),
            ("'loyalty' | slice: 1, 3", "oya"),
            ("'loyalty' | slice: -3, 2", "lt"),
            ("'loyalty' | slice: 9, 2", ""),
            ("list | slice: 1, 2 | join", "Apple fig"),
            ("'a,b,,' | split: ',' | size", "2"),
            ("',a' | split: ',' | size", "2"),
            ("' a  b ' | split: ' ' | join: '|'", "a|b"),
            ("'abc' | split: '' | join: '|'", "a|b|c"),
            ("'Points end tonight' | truncate: 10", "Points ..."),
            ("'abc' | truncate: 3", "abc"),
            ("'abcd' | truncate: 3", "..."),
            ("'abcd' | truncate: 3, '…'", "ab…"),
            ("'abcd' | truncate: 2", "..."),
            ("'one two three' | truncatewords: 2", "one two..."),
            ("'one two' | truncatewords: 2", "one two"),
            ("'one two' | truncatewords: 1, ''", "one"),
            ("'one two' | truncatewords: 0", "one..."),
            ("'a\0b' | truncatewords: 1", "a\0b"),
            ("nil | upcase", ""),
            ("nil | escape", ""),
            ("12 | append: ''", "12"),
            ("list | upcase", '["PEAR", "APPLE", "FIG"]'),
        ],
    )
    def test_gives(self, render, template, expected):
        """Text filters give Ruby's results, whatever they are given."""
        check(render, template, expected)


class TestNumbers:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("-5 | abs", "5"),
            ("'-1.5' | abs", "1.5"),
            ("4 | at_least: 5", "5"),
            ("4 | at_most: 3.5", "3.5"),
            ("1.2 | ceil", "2"),
            ("'1.2' | floor", "1"),
            ("1000000000000000.0", "1.0e+15"),
            ("-9999999999999998.0", "-9.999999999999998e+15"),
            ("2329742738410204.5", "2329742738410204.5"),
            ("999999999999999.0", "999999999999999.0"),
            ("-1.2 | floor", "-2"),
            ("17 | divided_by: 5", "3"),
            ("17 | divided_by: 5.0", "3.4"),
            ("-7 | divided_by: 2", "-4"),
            ("1.0 | divided_by: 0", "Infinity"),
            ("0.0 | divided_by: 0 | at_least: 1", "NaN"),
            ("0.0 | divided_by: 0 | at_most: 1.5", "NaN"),
            ("-7 | modulo: 3", "2"),
            ("7.5 | modulo: -2", "-0.5"),
            ("0.0 | divided_by: 0 | modulo: 0", "NaN"),
            ("7 | modulo: inf", "7.0"),
            ("-0.5 | modulo: inf", "-0.5"),
            ("inf | modulo: 7", "NaN"),
            ("big | times: big | modulo: 7", "4.0"),
            ("7 | round: -0.75", "7"),
            ("'\0005' | plus: 1", "1"),
            ("3 | minus: 5", "-2"),
            ("0.1 | plus: 0.2", "0.3"),
            ("'12abc' | plus: 1", "13"),
            ("'x' | plus: 1", "1"),
            ("nil | plus: 1", "1"),
            ("true | plus: 1", "1"),
            ("'1_000' | plus: 1", "1001"),
            ("' 2.5 ' | plus: 1", "3.5"),
            ("6 | times: 30.5", "183.0"),
            ("4.5 | round", "5"),
            ("2.5 | round", "3"),
            ("-2.5 | round", "-3"),
            ("1234.5 | round: -2", "1200"),
            ("1250 | round: -2", "1300"),
            ("1.005 | round: 2", "1.01"),
            ("1.5 | round: 3", "1.5"),
            ("big", "1.0e+20"),
            ("0.00001", "1.0e-05"),
            ("17.80", "17.8"),
            ("3.0", "3.0"),
            ("17.8 | money", "17.80"),
            ("145 | money", "145.00"),
            ("145 | divided_by: 100.00 | money", "1.45"),
            ("1234567.5 | money", "1234567.50"),
            ("'1,234.5' | remove: ',' | plus: 0 | money", "1234.50"),
            ("0.125 | money", "0.13"),
            ("4821990 | number_with_delimiter", "4,821,990"),
            ("4821990.57 | number_with_delimiter", "4,821,990.57"),
            ("'-1234' | number_with_delimiter", "-1,234"),
            ("'abc' | number_with_delimiter", "abc"),
            ("123 | number_with_delimiter", "123"),
        ],
    )
    def test_gives(self, render, template, expected):
        """Numbers are exact, round away from zero, and may be held in text."""
        check(render, template, expected)


class TestLists:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("list | join: ', '", "pear, Apple, fig"),
            ("list | join", "pear Apple fig"),
            ("list | join: nil", "pearApplefig"),
            ("list | first", "pear"),
            ("list | last", "fig"),
            ("'abc' | first", "a"),
            ("'añ' | last", "ñ"),
            ("'' | first | append: '.'", "."),
            ("key.first | append: list[1].last", "ae"),
            ("o | first | first", "a"),
            ("mix | compact | size", "7"),
            ("objs | compact: 'v' | size", "1"),
            ("list | concat: nums | join: ','", "pear,Apple,fig,3,1,2"),
            ("objs | map: 'n' | join: ','", "b,A,c"),
            ("list | reverse | join: ','", "fig,Apple,pear"),
            ("list | size", "3"),
            ("'héllo' | size", "5"),
            ("12 | size", "8"),
            ("nil | size", "0"),
            ("1.5 | size", "0"),
            ("list | sort | join: ','", "Apple,fig,pear"),
            ("list | sort_natural | join: ','", "Apple,fig,pear"),
            ("nums | sort | join: ','", "1,2,3"),
            ("objs | sort: 'n' | map: 'n' | join: ','", "A,b,c"),
            ("objs | sort: 'v' | map: 'n' | first", "b"),
            ("objs | sort_natural: 'n' | map: 'n' | join: ','", "A,b,c"),
            ("nums | concat: nums | uniq | join: ','", "3,1,2"),
            ("objs | uniq: 'v' | size", "2"),
            ("objs | where: 'n', 'c' | map: 'n' | join", "c"),
            ("objs | where: 'v' | map: 'n' | join", "b"),
            ("objs | reject: 'v' | map: 'n' | join", "A c"),
            ("objs | find: 'n', 'c' | property_accessor: 'n'", "c"),
            ("objs | has: 'n', 'c'", "true"),
            ("nums | sum", "6"),
            ("objs | sum: 'v'", "2"),
            ("(1..4) | join: ','", "1,2,3,4"),
            ("(1..4)", "1..4"),
            ("(4..1) | size", "0"),
            ("mix", 'a1true2.5xy{"k"=>"v"}'),
            ("o", '{"a"=>1, "b"=>[nil, true], "c"=>"q\\"\\n\\#{x}"}'),
        ],
    )
    def test_gives(self, render, template, expected):
        """List filters flatten, keep nil, and print as Ruby does."""
        check(render, template, expected)


class TestInspection:
    def test_what_cannot_be_seen_is_escaped(self, render):
        """Texts inside an object show control characters as Ruby does."""
        text = "\x00\x7f\u200b\u2028\u00a0\x85\ufffe\U0010ffff"

        message = render("{{ o }}", {"o": {"k": text}})

        shown = "\\u0000\\u007F\u200b\\u2028\u00a0\x85\\uFFFE\\u{10FFFF}"
        assert '{"k"=>"' + shown + '"}' == message


class TestOthers:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("nil | default: 'd'", "d"),
            ("false | default: 'd'", "d"),
            ("'' | default: 'd'", "d"),
            ("none | default: 'd'", "d"),
            ("' ' | default: 'd'", " "),
            ("0 | default: 'd'", "0"),
            ("false | default: 'd', allow_false: true", "false"),
            ("nil | default: 'd', allow_false: true", "d"),
            ("'ferry' | md5", "46171b077997b166bb30cf5494eff2f8"),
            ("'ferry' | sha1", "aa4835f776c66f2d051239c9ec17aeb77d257b76"),
            (
                "'ferry' | sha2",
                "e9087d0b20d80d3e12bc8530d883d7ad9c1eb3ebc5cb61824a2b460816503797",
            ),
            (
                "'ferry' | hmac_sha1_hex: 'pier9'",
                "e48ce3a2006c75b7b6dfccf07d61fc8746952c8c",
            ),
            (
                "'ferry' | hmac_sha1: 'pier9'",
                "e48ce3a2006c75b7b6dfccf07d61fc8746952c8c",
            ),
            ("'ferry' | hmac_sha1_base64: 'pier9'", "5IzjogBsdbe238zwfWH8h0aVLIw="),
            (
                "'ferry' | hmac_sha256_hex: 'pier9'",
                "3f469fe48a08e23e3f7afb4c71c213a0f81467550000a46978bbf2a8d6054328",
            ),
            (
                "'ferry' | hmac_sha256: 'pier9'",
                "3f469fe48a08e23e3f7afb4c71c213a0f81467550000a46978bbf2a8d6054328",
            ),
            (
                "'ferry' | hmac_sha256_base64: 'pier9'",
                "P0af5IoI4j4/evtMccIToPgUZ1UAAKRpeLvyqNYFQyg=",
            ),
            ("'ferry' | hmac_sha512: 'pier9' | size", "128"),
            ("'ferry' | base64", "ZmVycnk="),
            ("'ferry' | base64_encode", "ZmVycnk="),
            ("'ZmVycnk=' | base64_decode", "ferry"),
            ("'??>' | base64_url_safe_encode", "Pz8-"),
            ("'Pz8-' | base64_url_safe_decode", "??>"),
            ("'Pz8_Pw' | base64_url_safe_decode", "????"),
            ("5 | md5", "e4da3b7fbbce2345d7772b0674a318d5"),
            ("'a<>b c' | url_escape", "a%3C%3Eb%20c"),
            ("'100% off' | url_escape", "100%25%20off"),
            ("'https://h.test/?a=b&c=d' | url_escape", "https://h.test/?a=b&c=d"),
            ("'a<&>b' | url_param_escape", "a%3C%26%3Eb"),
            ("'k@x.test? =/' | url_param_escape", "k%40x.test%3F%20%3D%2F"),
            ("'two parts' | url_encode", "two+parts"),
            ("'*-._~' | url_encode", "%2A-._~"),
            ("'a%20b+c' | url_decode", "a b c"),
            ("'say \"hi\" \\ <b>' | json_escape", 'say \\"hi\\" \\\\ <b>'),
            ("'{\"a\": [1, null]}' | json_parse | as_json_string", '{"a":[1,null]}'),
            ("o | as_json_string", '{"a":1,"b":[null,true],"c":"q\\"\\n#{x}"}'),
            ("o | property_accessor: key", "1"),
            ("'x' | property_accessor: 'y'", ""),
        ],
    )
    def test_gives(self, render, template, expected):
        """Defaults, hashes, URLs and JSON give what Braze documents."""
        check(render, template, expected)

    @pytest.mark.parametrize(
        "template",
        [
            "'%' | base64_decode",
            "'QR==' | base64_decode",
            "'QQ=' | base64_url_safe_decode",
            "'17' | base64_url_safe_decode",
            "1 | round: 3000000000",
            "'abc' | slice: 9223372036854775808",
            "'abc' | slice: 0, 9223372036854775808",
            "list[9223372036854775808]",
            "12345678901234567890 | map: big",
            "'2024-01-01' | date: '100%'",
            "'2024-01-01' | time_zone: '-9999'",
            "'2024-01-01' | time_zone: '+99'",
            "'2024-01-01' | time_zone: '2400'",
            "'2024-01-01' | time_zone: 'PST'",
            "'2024-01-01' | time_zone: '-0500'",
            "'2024-01-01' | time_zone: -0500",
            "'2024-01-01' | time_zone: 5.25",
            "'2024-01-01' | time_zone: true",
            "'2024-01-01' | time_zone: 1e400",
            "'%FF' | url_decode",
            "'x' | json_parse",
            "nums | map: 'a'",
        ],
    )
    def test_refuses(self, render, template):
        """Input that makes no sense is an error in strict mode."""
        with pytest.raises(TemplateError):
            check(render, template, None)


class TestDates:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("'2021-06-03 17:13:41 UTC' | date: '%b %d'", "Jun 03"),
            ("'2021-06-03 17:13:41 UTC' | date: '%s'", "1622740421"),
            ("1433351621 | date: '%F %T'", "2015-06-03 17:13:41"),
            ("'1433351621' | date: '%F %T'", "2015-06-03 17:13:41"),
            ("'2022-09-07T08:43:50Z' | date: '%-d.%-m. %l:%M %P'", "7.9.  8:43 am"),
            ("'now' | date: '%s' | plus: 86400 | date: '%F'", "2026-05-05"),
            ("'TODAY' | date: '%F'", "2026-05-04"),
            (
                "'2024-07-01T12:00:00Z' | time_zone: 'America/Chicago' | date: '%H %z %Z'",  # noqa: E501
                "07 -0500 CDT",
            ),
            (
                "'2024-07-01T12:00:00Z' | time_zone: 'America/Chicago'",
                "2024-07-01 07:00:00 -0500",
            ),
            ("'2024-07-01T12:00:00Z' | time_zone: 'UTC'", "2024-07-01 12:00:00 UTC"),
            (
                "'2024-07-01T12:00:00Z' | time_zone: -0005 | date: '%R %z'",
                "07:00 -0500",
            ),
            ("'2024-07-01T12:00:00Z' | time_zone: 5.75 | date: '%R'", "17:45"),
            ("'2024-07-01T12:00:00Z' | time_zone: -3.5 | date: '%R'", "09:30"),
            ("'2024-01-01T12:00:00Z' | time_zone: 0 | date: '%R'", "12:00"),
            ("'2024-01-01T12:00:00Z' | time_zone: 3600 | date: '%R'", "13:00"),
            ("'2024-07-01T12:00:00Z' | time_zone: nil", "2024-07-01T12:00:00Z"),
            (
                "'2024-07-01T12:00Z' | time_zone: 'Eastern Time (US & Canada)' | date: '%R %Z'",  # noqa: E501
                "08:00 EDT",
            ),
            ("'2024-07-01T12:00Z' | time_zone: 'Kathmandu' | date: '%R'", "17:45"),
            (
                "'2024-07-01T12:00:00Z' | time_zone: 'Asia/Tokyo' | time_zone: 'UTC' | date: '%R'",  # noqa: E501
                "12:00",
            ),
            (
                "'2024-07-01T12:00:00+02:00' | date: '%R %:z %s'",
                "12:00 +02:00 1719828000",
            ),
            ("'not a date' | date: '%Y'", "not a date"),
            ("nil | date: '%Y'", ""),
            ("'2024-01-01' | date: ''", "2024-01-01"),
            ("'2024-01-01' | date: nil", "2024-01-01"),
            ("'May 3' | date: '%F'", "2026-05-03"),
            ("'3 May 2021' | date: '%F'", "2021-05-03"),
            ("'May 3rd, 2021 5pm' | date: '%F %R'", "2021-05-03 17:00"),
            ("'03/05/2021' | date: '%F'", "2021-05-03"),
            ("'2021/3/5' | date: '%F'", "2021-03-05"),
            ("'5.3.2021' | date: '%F'", "2021-03-05"),
            ("'H31.4.30' | date: '%F'", "2019-04-30"),
            ("\"'21 June\" | date: '%F'", "2021-06-01"),
            ("\"'69-06-01\" | date: '%F'", "1969-06-01"),
            ("'21 h5' | date: '%R'", "21:00"),
            ("'2021-06-30 25:00 +02:00' | date: '%F %R %z'", "2021-07-01 01:00 +0200"),
            ("'2021-06-30 23:00 -0330' | date: '%F %R %z'", "2021-06-30 23:00 -0330"),
            ("'2021-12-31 20:60 -0430' | date: '%F %R'", "2021-12-31 21:00"),
            ("'2021-01-01 00:30 +0100' | date: '%F %R'", "2021-01-01 00:30"),
            ("'2021-06-30 25:00' | date: '%F'", "2021-06-30 25:00"),
            ("'20210305T101112' | date: '%F %T'", "2021-03-05 10:11:12"),
            ("'10:30' | date: '%F %R'", "2026-05-04 10:30"),
            ("'Mon, 03 May 2021 10:00:00 EST' | date: '%R %z'", "10:00 -0500"),
            (
                "'2021-06-03 17:13:41.123456' | date: '%L %N %3N %6N'",
                "123 123456000 123 123456",
            ),
            (
                "'2024-12-30' | date: '%G %V %U %W %j %u %w %a %A'",
                "2025 01 52 53 365 1 1 Mon Monday",
            ),
            (
                "'2024-01-05' | date: '%e|%-d|%_d|%3d|%^b|%#b|%10A|%-m/%y'",
                " 5|5| 5|005|JAN|JAN|    Friday|1/24",
            ),
            (
                "'2024-01-05 15:04:05' | date: '%I %l %p %P %#p %c|%x|%X|%D|%r|%R'",
                "03  3 PM pm pm Fri Jan  5 15:04:05 2024|01/05/24|15:04:05|01/05/24|03:04:05 PM|15:04",  # noqa: E501
            ),
            ("'2024-01-05' | date: '%C%y %h %n%t%% %Q'", "2024 Jan \n\t% %Q"),
            ("'2024-01-05' | date: '%Ey %Od %EH %OY %+ %5q'", "24 05 %EH %OY %+ %5q"),
            ("'2024-01-05' | date: '%" + "0" * 5_000 + "d'", "05"),
            (
                "'2024-01-05' | date: '%10-b %0##5b %-10b|%-10x'",
                "%10-b 00JAN Jan|  01/05/24",
            ),
            (
                "'2024-01-05' | date: '%#c %^x %3% %00012b'",
                "Fri Jan  5 00:00:00 2024 01/05/24   % 000000000Jan",
            ),
            (
                "'10:00 +0200' | date: '%_z %10z %_8:z %-z %:::z %9Z'",
                " +200 +000000200    +2:00 +0200 +02 ",
            ),
            ("'1969-12-31 23:59:55' | date: '%4s %_4s'", "-005   -5"),
            ("'2024-02-31' | date: '%F'", "2024-03-02"),
            ("'2024-13-01' | date: '%F'", "2024-13-01"),
            ("9999999999999 | date: '%F'", "9999999999999"),
            (
                "'9999-12-31T23:59:59Z' | time_zone: 'Asia/Tokyo'",
                "9999-12-31T23:59:59Z",
            ),
            (
                "'0001-01-01T00:00:00Z' | time_zone: 'America/Lima'",
                "0001-01-01T00:00:00Z",
            ),
        ],
    )
    def test_gives(self, render, template, expected):
        """Dates are read and written as Ruby does, in UTC unless the text says else."""
        check(render, template, expected)

    def test_what_is_no_json_is_called_that(self, render):
        """An error about JSON does not speak of how Python reads it."""
        with pytest.raises(TemplateError) as info:
            render("{{ '{a' | json_parse }}")

        assert "json_parse was given what is not JSON" == info.value.args[0]

    @pytest.mark.parametrize("zone", ["", " "])
    def test_a_user_without_a_zone_is_called_that(self, render, zone):
        """An empty zone is not named as if it were one."""
        with pytest.raises(TemplateError, match="the user has no time zone"):
            render("{{ 'now' | time_zone: ${time_zone} }}", {"time_zone": zone})

    def test_no_zone_is_noted(self):
        """A time stays as it is where the zone is nil, and the message says so."""
        message = Renderer().render("{{ '2024-01-01' | time_zone: ${time_zone} }}")

        assert "2024-01-01" == message.text
        assert "the user has no time zone" in message.warnings[0]

    def test_now_is_in_utc(self):
        """Wherever the clock that is given stands, a message is sent in UTC."""
        lisbon = dt.timezone(dt.timedelta(hours=1))
        renderer = Renderer(now=dt.datetime(2026, 5, 4, 0, 30, tzinfo=lisbon))

        message = renderer.render("{{ 'now' | date: '%F %R %z' }}")

        assert "2026-05-03 23:30 +0000" == message.text

    def test_the_day_before_the_clock_changes(self, render):
        """A converted time follows the zone's own rules."""
        template = (
            "{{ '2024-03-10T09:59:00Z' | time_zone: 'America/Los_Angeles' | date: '%R %Z' }} "  # noqa: E501
            "{{ '2024-03-10T10:00:00Z' | time_zone: 'America/Los_Angeles' | date: '%R %Z' }}"  # noqa: E501
        )

        assert "01:59 PST 03:00 PDT" == render(template)


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("1 == 1.0", "T"),
            ("'1' == 1", "F"),
            ("true == 1", "F"),
            ("nil == false", "F"),
            ("0", "T"),
            ("''", "T"),
            ("none", "F"),
            ("'10' < '9'", "T"),
            ("nil < 1", "F"),
            ("1 <> 2", "T"),
            ("list contains 'fig'", "T"),
            ("'12' contains 1", "T"),
            ("o contains 'a'", "T"),
            ("nil contains 'a'", "F"),
            ("nums == nums", "T"),
            ("none == blank", "T"),
            ("false == blank", "T"),
            ("'  ' == blank", "T"),
            ("0 == blank", "F"),
            ("none != blank", "F"),
            ("'' == empty", "T"),
            ("' ' == empty", "F"),
            ("nil == empty", "F"),
            ("null == nil", "T"),
            ("false and true or true", "F"),
            ("true or false and false", "T"),
            ("list == empty", "F"),
            ("mix contains blank", "F"),
            ("(5..4) == (3..1)", "F"),
            ("(1..3) == (1..3)", "T"),
        ],
    )
    def test_hold_as_in_ruby(self, render, condition, expected):
        """Truth, equality, order and blanks are Ruby's, ``blank`` that of Rails."""
        template = "{% if " + condition + " %}T{% else %}F{% endif %}"

        assert expected == render(template, DATA)


class TestParts:
    @pytest.mark.parametrize(
        ("items", "part", "expected"),
        [
            (["hello", "abc", ""], "(1..2)", "el,bc,"),
            (["hello", "abc"], "(4..6)", "o,"),
            (["hello", "abc"], "(below..2)", "l,abc"),
            ([5, 6, 12345678901234567890], "(1..2)", "2,3,1"),
            ([5, 6], "(below..2)", "40,48"),
            ([5, 6], "(3..1)", "0,0"),
        ],
    )
    def test_a_range_selects_from_texts_and_numbers(self, items, part, expected):
        """A range as a property gives the characters or bits that Ruby gives."""
        template = f"{{{{ items | map: {part} | join: ',' }}}}"
        variables = {"items": items, "below": -3}

        assert expected == Renderer().render(template, variables).text

    def test_a_place_beyond_counting_is_ruby_s_error(self):
        """A place that Ruby cannot count to prints its words."""
        renderer = Renderer(strict=False)

        assert (
            "Liquid error: internal"
            == renderer.render("{{ 'abc' | compact: n }}", {"n": 2**63}).text
        )
