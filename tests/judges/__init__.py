"""What implementations that nobody here wrote say about the same input: ``make test-judges``.

Each judge gets recorded oddities and a corpus of a fixed and of a fresh seed; the run prints how often each agreed.
Where the language means something else, the test names the reason, and ``docs/judges.md`` tells it.
"""
