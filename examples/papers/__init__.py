"""The papers whose claims `ige reproduce NAME` measures: name on the command line -> module here."""

PAPERS = {
    "game-of-24": "game_of_24",
    "babyai-text": "babyai_text",
    "textworld": "textworld",
    "bq-nco": "bq_nco",
    "tallying-bandits": "tallying_bandits",
    "payment-routing": "payment_routing",
    "groupwise-regret": "groupwise_regret",
    "one-sided-fairness": "one_sided_fairness",
    "stepmix": "stepmix",
    "paired": "paired",
}
