"""Words that templates draw from: each pool is the code of its first text and the number of texts."""

from __future__ import annotations

from .words import MONTHS as MONTH_NAMES
from .words import pool

VERBS = pool(
    "Send", "Save", "Open", "Close", "Share", "Print", "Copy", "Move", "Rename", "Delete", "Reply", "Forward", "Search",
    "Filter", "Sort", "Refresh", "Upload", "Download", "Accept", "Decline", "Continue", "Skip", "Undo", "Redo",
)  # fmt: skip
NAMES = pool(
    "Ada", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Hugo", "Iris", "Jonas", "Karin", "Leo", "Mina", "Noah",
    "Olga", "Paul", "Quinn", "Rosa", "Sami", "Tara", "Umar", "Vera", "Wim", "Xenia", "Yara", "Zoe",
)  # fmt: skip
THINGS = pool(
    "Apples", "Bread", "Candles", "Dates", "Eggs", "Flour", "Grapes", "Honey", "Ink", "Jam", "Kettle", "Lamp", "Mugs",
    "Nuts", "Olives", "Pears", "Quilt", "Rice", "Soap", "Tea", "Umbrella", "Vinegar", "Walnuts", "Yarn",
)  # fmt: skip
TOPICS = pool(
    "Weather", "Travel", "Music", "Sports", "Health", "Science", "Cooking", "Garden", "History", "Films", "Books",
    "Games", "Art", "Nature", "Money", "Letters",
)  # fmt: skip
CITIES = pool(
    "Athens", "Berlin", "Cairo", "Dublin", "Geneva", "Helsinki", "Lima", "Madrid", "Nairobi", "Oslo", "Prague", "Quito",
    "Rome", "Seoul", "Tunis", "Vienna",
)  # fmt: skip
SECRETS = pool(
    "amber-fox", "blue-lake", "cold-stone", "dry-leaf", "east-wind", "far-hill", "gold-bird", "high-tide", "iron-gate",
    "jade-moon", "kind-bear", "long-road", "mild-rain", "new-shoe", "old-tree", "pale-star",
)  # fmt: skip
MONTHS = pool(*MONTH_NAMES)
BANKS = pool(
    "Northbank", "Eastbank", "Southbank", "Westbank", "Lakebank", "Hillbank", "Seabank", "Riverbank", "Woodbank",
)  # fmt: skip
SHOPS = pool("Bluebird", "Corner Store", "Daily Goods", "Green Basket", "Market Hall", "Old Mill")
STREETS = pool(
    "Mill Lane", "High Street", "Park Road", "Station Road", "Church Lane", "Queen Street", "Orchard Way", "Canal Side",
    "Bridge Street", "Garden Row",
)  # fmt: skip
DIALS = pool("Ringtone volume", "Screen brightness", "Text size", "Key click", "Vibration strength", "Night light")
LEVELS = pool("very low", "rather low", "medium", "rather high", "very high", "full")
KINDS = pool("Home", "Office", "Camp", "Pantry", "Bath", "Gifts")
EXTREMES = pool("cheapest", "most expensive")
PHRASES = pool(
    "See you soon", "Thank you", "Well done", "On my way", "Maybe later", "Good luck", "Not today", "Call me",
    "All clear", "Sounds good", "No problem", "Happy birthday",
)  # fmt: skip
PLAIN_WORDS = pool(  # synonyms, in the same order
    "Big", "Small", "Fast", "Happy", "Smart", "Angry", "Rich", "Quiet", "Hard", "Easy", "Strange", "Pretty", "Brave",
    "Tired", "Old", "Cold",
)  # fmt: skip
SYNONYMS = pool(
    "Large", "Little", "Quick", "Glad", "Clever", "Furious", "Wealthy", "Silent", "Difficult", "Simple", "Odd",
    "Lovely", "Bold", "Weary", "Ancient", "Chilly",
)  # fmt: skip
SLIDERS = pool("Volume", "Brightness", "Contrast", "Bass", "Treble", "Speed", "Zoom", "Balance")
COUNTRIES = pool(  # some share their first two letters, but not their last three
    "Albania", "Algeria", "Austria", "Australia", "Belgium", "Belize", "Benin", "Cambodia", "Cameroon", "Canada",
    "Chile", "China", "Malaysia", "Mali", "Malta", "Nicaragua", "Niger", "Nigeria", "Poland", "Portugal",
)  # fmt: skip
FIELD_NAMES = pool(
    "Forename", "Surname", "Street", "Postcode", "Landline", "Company", "Country", "Nickname", "Website", "Job title",
)  # fmt: skip
YES_NO = pool("no", "yes")
DELIVERIES = pool("by post", "by courier", "in the shop")  # followed by synonyms, in the same order
DELIVERIES_TOO = pool("mailed to you", "with a rider", "at our counter")
# Other words for the names of fields and buttons.
NAME_LABELS = pool("Customer", "Recipient", "Addressee")
CITY_LABELS = pool("Town", "Destination", "Municipality")
DELIVERY_LABELS = pool("Shipping", "Transport", "Dispatch")
SUBJECT_LABELS = pool("Topic", "Theme", "Matter")
PIECES_LABELS = pool("Quantity", "How many", "Units")
NEWSLETTER_LABELS = pool("Mailing list", "Bulletin", "Monthly mail")
USER_LABELS = pool("Member", "Profile", "Who you are")
SECRET_LABELS = pool("Secret", "Passphrase", "Access key")
VOUCHER_LABELS = pool("Voucher", "Referral", "Invitation")
ENTER_LABELS = pool("Sign on", "Let me through", "Go to my pages")
REGISTER_LABELS = pool("Register", "Join us", "Become one of us")
HELP_LABELS = pool("Help", "Contact us", "Something is wrong")
EVENTS = pool(
    "Dentist", "Haircut", "Team lunch", "Concert", "School play", "Swimming", "Book club", "Car service", "Picnic",
    "Job interview", "Theatre", "Yoga",
)  # fmt: skip
NOTES = pool(
    "Shopping list", "Packing list", "Ideas", "Recipes", "To do", "Wishes", "Quotes", "Measures", "Passwords", "Plants",
    "Presents", "Diary", "Repairs", "Addresses",
)  # fmt: skip
FOLDERS = pool("Documents", "Pictures", "Downloads", "Archive", "Projects", "Receipts")
FILES = pool(
    "budget.ods", "cat.png", "draft.txt", "essay.odt", "flyer.pdf", "graph.svg", "house.jpg", "invoice.pdf", "joke.txt",
    "key.pem", "letter.odt", "map.png", "names.csv", "offer.pdf", "plan.ods", "quiz.txt", "report.pdf", "scan.jpg",
)  # fmt: skip
SONGS = pool(
    "Amber Skies", "Blue Morning", "City Lights", "Dancing Slow", "Echoes", "Fireflies", "Golden Hour", "Harbour",
    "Indigo", "Jasmine", "Kites", "Lanterns", "Moonrise", "Northern Road", "Open Water", "Paper Boats",
)  # fmt: skip
HOTELS = pool(
    "Anchor Inn", "Bellevue", "Castle View", "Dune House", "Elm Court", "Forest Lodge", "Grand Hotel", "Hill Top",
    "Ivy Rooms", "Jolly Traveller", "Lake Side", "Mill House",
)  # fmt: skip
EXTRAS = pool("a garden", "parking", "a pool", "a sauna", "a view")
SWITCHES = pool(
    "Wi-Fi", "Bluetooth", "Mobile data", "Roaming", "Hotspot", "Location", "Flight mode", "Private DNS",
    "Dark mode", "Auto-rotate", "Reading mode", "Always on", "Large text", "Animations", "Battery level", "Clock",
    "Vibration", "Key clicks", "Lock sound", "Charging sound", "Mono audio", "Equalizer", "Captions", "Quiet hours",
)  # fmt: skip
CHOICES = pool(
    "2G only", "3G preferred", "4G preferred", "5G preferred", "Automatic", "Beach", "Forest", "Mountains", "Night sky",
    "Plain", "Bells", "Chimes", "Drums", "Flute", "Marimba",
)  # fmt: skip
