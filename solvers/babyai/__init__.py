"""A small recurrent policy for BabyAI-Text, cloned from the planning bot: the stand-in for a language model."""
