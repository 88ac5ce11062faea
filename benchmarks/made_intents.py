"""Short queries of about a hundred made-up intents in each of two halves that share no word list.

An intent is something wanted (an action) of a thing of some trade: "reschedule the eye test", "find out what the eye
test costs". Its queries take one of the action's phrasings, one of the thing's names, an opening, and now and then
a circumstance; so members of an intent may share no word, and two intents may share all but the verb or the noun.
Nothing here was taken from a published set of intents.
"""

from __future__ import annotations

from itertools import product

import numpy as np

OPENINGS = 10 * ("",) + (
    "hi, ",
    "hello ",
    "please ",
    "hey ",
    "quick question: ",
    "um ",
    "i was wondering, ",
    "sorry, ",
    "good morning, ",
    "listen, ",
)
CIRCUMSTANCES = 12 * ("",) + (
    " today",
    " for next week",
    " for my sister",
    " if possible",
    " since i moved",
    " before friday",
    " again",
    " thanks",
    " as soon as you can",
    " because i'm travelling",
    " on the phone",
    " near the station",
)

_THINGS = {
    "tune": """
        eye test, vision check, appointment with the optician | reading glasses, new lenses, spectacles
        beehive, bee colony, hive | wool jumper, knitted sweater, pullover | choir rehearsal, singing practice, choir
        rowing boat, canoe, boat at the lake | pottery kiln, oven for clay, kiln | greenhouse, glasshouse, hothouse
        theatre subscription, season pass for the plays, theatre pass | museum tour, guided visit, exhibition tour
        puppy class, dog training, obedience course | rabies shot, cat's vaccination, jab for the cat
        parking permit, resident's parking badge, permit for my street | bulky waste, old sofa, furniture to throw out
        broadband router, wifi box, modem | electricity meter, power meter, meter in the basement
        ski pass, lift ticket, pass for the slopes | climbing gear, harness and rope, climbing kit
        office printer, copier, printing machine | meeting room, conference room, boardroom
        expense report, travel costs, receipts from the trip | payslip, salary statement, wage slip
        nursery place, kindergarten spot, daycare place | school lunch, canteen meal, pupil's lunch
        allotment garden, garden plot, vegetable patch | hedge trimmer, electric shears, trimmer
        cello lesson, music class, cello teacher | piano, upright piano, keyboard instrument
        blood donation, giving blood, donor session | hip operation, surgery on the hip, hip replacement
        laptop battery, worn accumulator, battery of my notebook | backup drive, external disk, backup disk
    """,
    "report": """
        swimming lesson, swim class, course at the pool | sauna, steam room, sauna evening
        library card, reader's card, membership at the library | overdue novel, borrowed book, book on loan
        bicycle repair, bike service, mending my bike | cargo trailer, trailer for the bike, bike trailer
        wedding dress, bridal gown, white dress | dry cleaning, laundry order, suit at the cleaner's
        chimney sweep, cleaning of the flue, chimney inspection | heating boiler, gas heating, central heating
        cinema voucher, movie gift card, voucher for films | popcorn machine, popcorn maker, corn popper
        fishing licence, angling permit, permit to fish | mooring, berth in the harbour, place for my yacht
        horse stable, box for the mare, stall | hay delivery, bales of hay, load of hay
        driving test, road exam, practical driving exam | driving instructor, teacher at the driving school, tutor
        video doorbell, camera at the door, smart bell | burglar alarm, alarm system, house alarm
        spreadsheet macro, excel script, macro | shared mailbox, team inbox, group mailbox
        vpn token, remote access key, login device | staff badge, entry card, key card
        flu vaccine, influenza jab, flu shot | hearing aid, device for my ear, ear amplifier
        dental crown, cap on my tooth, crown | physiotherapy, massage for my back, physio session
        garden fence, wooden fence, fence panels | roof tiles, broken slates, tiles on the roof
        birthday cake, cream cake, party cake | flower bouquet, bunch of roses, roses
        camping pitch, place for my tent, camp site | caravan, mobile home, camper
        yoga mat, exercise mat, gym mat | protein shake, fitness drink, powder drink
    """,
}
_ACTIONS = {
    "tune": """
        i'd like to book the {} | can i reserve the {} | put my name down for the {} | sign me up, it's about the {}
            | is there a free slot for the {} | when could i come for the {}
        what does the {} cost | how much is the {} | is the {} expensive | tell me the price of the {}
            | what will i have to pay for the {} | give me a quote on the {}
        i want to complain, the {} was awful | very unhappy with the {} | the {} was a disgrace, who is in charge
            | this {} was not what you promised | terrible experience with the {}
        the {} is broken | my {} stopped working | something is wrong with the {} | the {} makes strange noises
            | can anyone fix the {} | nothing happens with the {} any more
        i no longer need the {} | cancel the {} | get me out of the {} | please call off the {}
            | i've changed my mind about the {} | how do i withdraw from the {}
        how old must one be for the {} | is the {} all right for a child | can my grandmother use the {} at her age
            | age limit of the {} | are kids allowed with the {}
        where do i find the {} | how do i get to the {} | in which building is the {} | address for the {}
            | i'm lost, where's the {}
        could my friend take over the {} | i want to pass the {} on to somebody | put the {} in my wife's name
            | transfer the {} to another person | someone else shall have the {} instead of me
        who looks after the {} | name of the person responsible for the {} | whom should i ask about the {}
            | give me a contact for the {}
        is the {} insured | what happens if i damage the {} | does the insurance cover the {}
            | who is liable for the {} when something goes wrong
    """,
    "report": """
        the {} never came | i'm still waiting for the {} | why is the {} late | it's been days and no {}
            | has the {} been forgotten | when on earth will the {} arrive
        move the {} to another day | i can't make it, shift the {} | is a later date possible for the {}
            | postpone the {} | let's do the {} some other time | new time for the {} wanted
        i lost the {} | can't find my {} anywhere | somebody stole the {} | the {} has gone missing
            | i left the {} on the bus
        send me a receipt for the {} | i need an invoice on the {} | proof of payment for the {}
            | my employer wants a bill for the {} | can i have the {} in writing for tax
        is the {} good for the environment | how green is the {} | carbon footprint of the {}
            | was the {} made in a sustainable way | does the {} pollute
        i was charged twice for the {} | wrong amount taken for the {} | you billed me too much for the {}
            | i want my money back for the {} | refund the {}
        which {} would you recommend | what is the best {} | help me choose the {} | compare the {} with others
            | i can't decide on the {}
        can i bring my dog along to the {} | are pets fine with the {} | my dog has to come too, {}
            | animals and the {}, is that allowed
        how long does the {} take | how many minutes for the {} | will the {} be over by noon
            | time needed for the {} | when is the {} finished
        teach me to handle the {} | is there a manual for the {} | first steps with the {}
            | i don't understand the {} | explain how the {} works
    """,
}
ACTIONS_OF_A_THING = (0, 3, 7)
"""Three of the ten: three intents of each thing, ten or so of each action."""
HALVES = tuple(_THINGS)


def intents(half: str) -> dict[str, list[str]]:
    """The phrasings of each intent of a half, without opening and circumstance."""
    things = [[name.strip() for name in one.split(",")] for one in _lines(_THINGS[half].replace("\n", "|"))]
    actions = [_lines(one) for one in _ACTIONS[half].strip("\n").replace("\n            |", "|").split("\n")]
    actions = [action for action in actions if action]
    return {
        f"{action[0].format(names[0])}": [phrase.format(name) for phrase, name in product(action, names)]
        for thing, names in enumerate(things)
        for action in (actions[(thing + step) % len(actions)] for step in ACTIONS_OF_A_THING)
    }


def queries(phrasings: list[str], count: int, random: np.random.Generator) -> list[str]:
    """So many queries of one intent, no two alike."""
    found: dict[str, None] = {}
    while len(found) < count:
        parts = [random.choice(OPENINGS), random.choice(phrasings), random.choice(CIRCUMSTANCES)]
        found["".join(parts)] = None
    return list(found)


def _lines(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]
