"""The forms of English verbs and nouns, so that the lexicon lists each once.

A phrase inflects its first word: "give up" gives "gives up, gave up, given up, giving up".
"""

from __future__ import annotations

_IRREGULAR_ROWS = """
be am is are was were been being, become becomes became becoming, begin begins began begun beginning,
bite bites bit bitten biting, blow blows blew blown blowing, break breaks broke broken breaking,
bring brings brought bringing, build builds built building, buy buys bought buying, catch catches caught catching,
choose chooses chose chosen choosing, come comes came coming, cut cuts cutting, deal deals dealt dealing,
do does did done doing, draw draws drew drawn drawing, drink drinks drank drunk drinking,
drive drives drove driven driving, eat eats ate eaten eating, fall falls fell fallen falling,
feel feels felt feeling, fight fights fought fighting, find finds found finding,
forget forgets forgot forgotten forgetting, forgive forgives forgave forgiven forgiving,
get gets got gotten getting, give gives gave given giving, go goes went gone going, grow grows grew grown growing,
have has had having, hear hears heard hearing, hide hides hid hidden hiding, hit hits hitting,
hold holds held holding, hurt hurts hurting, keep keeps kept keeping, know knows knew known knowing,
lay lays laid laying, lead leads led leading, leave leaves left leaving, let lets letting, lie lies lied lying,
lose loses lost losing, make makes made making, mean means meant meaning, meet meets met meeting,
mislead misleads misled misleading, misread misreads misreading,
misunderstand misunderstands misunderstood misunderstanding, pay pays paid paying, put puts putting,
quit quits quitting, read reads reading, ride rides rode ridden riding, run runs ran running, say says said saying,
see sees saw seen seeing, sell sells sold selling, send sends sent sending, shake shakes shook shaken shaking,
show shows showed shown showing, shut shuts shutting, sing sings sang sung singing, sit sits sat sitting,
sleep sleeps slept sleeping, speak speaks spoke spoken speaking, spend spends spent spending,
stand stands stood standing, steal steals stole stolen stealing, stick sticks stuck sticking,
strike strikes struck striking, swear swears swore sworn swearing, take takes took taken taking,
teach teaches taught teaching, tear tears tore torn tearing, tell tells told telling,
think thinks thought thinking, throw throws threw thrown throwing, understand understands understood understanding,
wake wakes woke waking, wear wears wore worn wearing, withdraw withdraws withdrew withdrawn withdrawing,
write writes wrote written writing, set sets setting, undo undoes undid undone undoing,
overreact overreacts overreacted overreacting, bleed bleeds bled bleeding, weep weeps wept weeping"""
_IRREGULAR = {row.split()[0]: row.split() for row in _IRREGULAR_ROWS.split(",")}

_DOUBLED_VERBS = """
admit beg blab brag bug chat commit control dig drop flip grab hug nag omit pat plan refer regret rig rip rob rub
shrug skip slam slip snap snub sob stab stop trap trip whip zip"""
_DOUBLED = frozenset(_DOUBLED_VERBS.split())
"""They double their last letter: nagged, nagging."""


def verb_forms(phrase: str) -> tuple[str, ...]:
    """The phrase with its verb in every form, the base first."""
    verb, space, rest = phrase.partition(" ")
    return tuple(form + space + rest for form in _verb(verb))


def noun_forms(phrase: str) -> tuple[str, ...]:
    """Singular and plural of the phrase's last word."""
    if phrase.endswith(("s", "x", "ch", "sh", "z")):
        return phrase, phrase + "es"
    if phrase.endswith("y") and phrase[-2] not in "aeiou":
        return phrase, phrase[:-1] + "ies"
    return phrase, phrase + "s"


def _verb(verb: str) -> list[str]:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        stem = verb[:-1]
        return [verb, verb + "s", verb + "d", (verb if verb.endswith(("ee", "ye", "oe")) else stem) + "ing"]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    plural = verb + ("es" if verb.endswith(("s", "x", "ch", "sh", "z")) else "s")
    stem = verb + verb[-1] if verb in _DOUBLED else verb
    return [verb, plural, stem + "ed", stem + "ing"]
