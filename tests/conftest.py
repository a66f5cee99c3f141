"""Settings for every test: machines differ in speed, so no deadline decides a property test."""

from hypothesis import settings

settings.register_profile("ige", deadline=None)
settings.load_profile("ige")
