"""The texts of the demonstration: criteria with their levels, and the plans of applications. All of it is invented."""

from __future__ import annotations

from pool.rounds.inputs import Criterion

CRITERIA = (
    Criterion(
        "kwaliteit",
        "Kwaliteit van het voorstel",
        "Is het duidelijk wat er gebeurt, waarom dat werkt, en wie het doet?",
        40,
        {
            "1": "Het doel of de aanpak ontbreekt.",
            "3": "Het doel is er, maar de stappen passen er niet goed bij.",
            "5": "Doel en stappen passen bij elkaar. De onderbouwing is mager.",
            "7": "Doel, stappen en begroting kloppen en zijn goed uitgelegd.",
            "9": "Helder van begin tot eind, onderbouwd met kennis of ervaring, en met oog voor risico's.",
        },
    ),
    Criterion(
        "impuls",
        "Kansrijke impuls",
        "Brengt het de structurele aanpak in de regio verder, ook na afloop?",
        35,
        {
            "1": "Het staat los van de aanpak in de regio.",
            "3": "Het helpt even, maar er blijft weinig van over.",
            "5": "Het past in de regionale aanpak. Hoe het verdergaat, is nog open.",
            "7": "Het versnelt of verdiept de aanpak en de partners willen verder.",
            "9": "Het lost een knelpunt op en de partners hebben het vervolg al geregeld.",
        },
    ),
    Criterion(
        "leren",
        "Lerende elementen",
        "Kunnen andere regio's de lessen snel gebruiken?",
        25,
        {
            "1": "Er is niets over leren gezegd.",
            "3": "Er komt een verslag, meer niet.",
            "5": "De lessen worden verzameld en gedeeld.",
            "7": "Er komt iets bruikbaars uit, zoals een handreiking, en het wordt actief gedeeld.",
            "9": "Andere regio's doen van het begin af mee en kunnen meteen aan de slag.",
        },
    ),
)

OCCASIONS = {
    "lokale-teams": "Onze wijkteams zien geweld vaak laat. Medewerkers vragen om steun bij het eerste gesprek.",
    "mda": "Bij gezinnen met langdurig geweld werken veel organisaties naast elkaar. Niemand heeft het hele beeld.",
    "ouderenmishandeling": "Ouderen vragen zelden zelf om hulp. Wie hen vaak ziet, weet niet goed wat te doen.",
    "plegeraanpak": "Wie geweld gebruikt en wil stoppen, vindt nu moeilijk hulp. Dat kost tijd die er niet is.",
    "sociale-steun-kinderen": "Een kind dat thuis geweld meemaakt, zit de volgende dag gewoon in de klas.",
    "traumascreening": "Slachtoffers krijgen niet altijd de vraag of zij last hebben van trauma's.",
    "schadelijke-traditionele-praktijken": "Er is veel schaamte rond dit onderwerp. Professionals durven er weinig naar te vragen.",
    "bespreekbaar-maken": "Mensen om het gezin heen hebben vermoedens, maar weten niet hoe zij daarover beginnen.",
    "visie-gefaseerde-ketenzorg": "Partners werken aan veiligheid en herstel door elkaar. Daardoor keert het geweld terug.",
    "kwetsbare-opvoedsituaties": "Jonge ouders met veel zorgen krijgen pas steun als het misgaat.",
    "overig": "De partners in de regio lopen tegen hetzelfde knelpunt aan en willen het samen oplossen.",
    "": "Vrouwen blijven langer in de opvang dan nodig is, omdat het vervolg niet op tijd is geregeld.",
}
APPROACHES = (
    "Wij beginnen klein in twee gemeenten. Na drie maanden kijken wij wat werkt en passen wij de aanpak aan. "
    "Daarna doen de andere gemeenten mee.",
    "Een kerngroep van Veilig Thuis, het wijkteam en de politie komt elke twee weken bij elkaar. "
    "Zij bespreken wat er speelt en leggen afspraken vast.",
    "Wij leiden twintig mensen op die in hun eigen team het werk voordoen. "
    "Ervaringsdeskundigen kijken bij elke stap mee.",
)
RESULTS = (
    "Binnen vijf werkdagen is er een plan voor directe veiligheid. Nu duurt dat gemiddeld twaalf dagen.",
    "Honderd gezinnen zijn bereikt. Bij driekwart is het na een half jaar nog steeds rustig.",
    "Tachtig medewerkers kunnen het gesprek voeren en doen dat ook. Dat meten wij voor en na.",
)
SHARING = (
    "Wij maken een handreiking en laten andere regio's een dag meelopen.",
    "Wij delen elk half jaar wat wij leren in het overleg van de regionaal projectleiders.",
    "Er komt een korte film met uitleg, en wij helpen twee andere regio's met de start.",
)
EMBEDDING = (
    "De gemeenten nemen de werkwijze op in de afspraken met de wijkteams.",
    "Na afloop betaalt de regio het vervolg uit de eigen begroting. Het bestuur heeft dat toegezegd.",
    "De partners maken er gewoon werk van: het komt in de taken van de vaste medewerkers.",
)
REASONS = {
    "low": (
        "Het voorstel is nog te algemeen. De stappen en de kosten zijn niet goed uitgelegd.",
        "Het is niet duidelijk wat er overblijft als het geld op is.",
        "Andere regio's kunnen hier nog weinig mee.",
    ),
    "middle": (
        "Een bruikbaar plan, maar de onderbouwing van de kosten is mager.",
        "De partners doen mee, al is het vervolg nog open.",
        "De lessen worden gedeeld; hoe precies, staat er niet bij.",
    ),
    "high": (
        "Helder plan met haalbare stappen en een goede begroting.",
        "Dit neemt een echt knelpunt weg en de partners staan klaar.",
        "Andere regio's kunnen dit snel overnemen.",
    ),
}
ACHIEVED = "De eerste gemeente werkt volgens de nieuwe afspraken. Twaalf medewerkers zijn opgeleid."
UNDER_WAY = "De tweede gemeente begint deze maand. Wij verzamelen de eerste ervaringen."
NEXT_STEPS = "In het komende half jaar sluiten de andere gemeenten aan en maken wij de handreiking af."
LESSONS = "Begin met mensen die elkaar al kennen. Dat scheelt weken."
EMBEDDED = "Het onderwerp staat op de agenda van het regionale overleg."
VIEWS = (
    (
        "Ik zie dat de partners elkaar nu sneller vinden. De capaciteit bij de politie blijft een zorg.",
        "De werkwijze wordt nu ook in de andere wijken gebruikt. Professionals zijn er blij mee.",
        "Wat bedacht is, werkt. Nu moeten de gemeenten afspreken wie het daarna betaalt.",
    ),
    (
        "De projectleider is vertrokken en er is nog geen opvolger. Ik heb hulp aangeboden.",
        "Het project loopt achter. Er zijn te weinig mensen om iedereen op te leiden.",
        "De uitkomsten zijn er, maar nog niemand heeft besloten of het doorgaat.",
    ),
)
"""How regional leads see a project over its first, second and third half-year: when it goes well, and when it does not."""


def reason_for(level: int, place: int) -> str:
    """A reason that fits a level; place makes reasons of one form differ."""
    kind = "low" if level <= 4 else "middle" if level <= 6 else "high"
    return REASONS[kind][place % 3]


DISCUSSED = (
    "De beoordelaars lazen het plan verschillend. Na het gesprek blijft het gemiddelde staan.",
    "De commissie vindt de samenwerking sterk en het vervolg dun. Dat zit al in de scores.",
    "Het verschil komt door één criterium. De redenen zijn naast elkaar gelegd; niemand wil iets wijzigen.",
    "De commissie mist een uitgewerkte planning, en weegt dat zoals de beoordelaars al deden.",
)
"""What the committee wrote down about an application. Invented."""

QUESTION = (
    "Goedemorgen,\n\nIn onze begroting staat scholing voor medewerkers van twee gemeenten. Mogen wij die kosten "
    "helemaal meenemen, of alleen het deel van onze eigen gemeente?"
)
REPLY = (
    "Dank voor uw vraag. U mag de kosten helemaal meenemen, als beide gemeenten in de aanvraag staan.\n\n"
    "Wij hebben ook een vraag aan u: hoeveel medewerkers volgen de scholing? Dat lezen wij nog niet in het plan."
)
ANSWER = "Het gaat om achttien medewerkers: tien van onze gemeente en acht van de andere."
INTENTION = (
    "Deze ronde is voor tijdelijke projecten. U vraagt geld voor werk dat uw gemeente al elk jaar doet. Dat past niet "
    "bij deze ronde."
)
UNFIT = "Uit het plan blijkt niet wat er nieuw of tijdelijk aan is."
POLICE = (
    "Tot nu toe werkten de politie en het lokale team ieder apart. In dit project gaan wij voor het eerst samen op "
    "huisbezoek, en spreken wij binnen drie dagen af wie wat doet. Wij maken daarvoor mensen vrij."
)
"""What the police writes along with a view on an intended refusal."""
VIEW_ON_INTENTION = (
    "Wij begrijpen de vraag, maar het gaat niet om ons gewone werk. Het team bestaat al, de samenwerking met de "
    "politie is nieuw en duurt één jaar.\n\nU leest dat in de aanpak, bij stap 2 en 3. Wij hadden dat duidelijker "
    "in de samenvatting moeten zetten."
)
