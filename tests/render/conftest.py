from hypothesis import settings

# No timing decides a test: on a busy machine any example can take long.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
