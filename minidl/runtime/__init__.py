"""What every computation shares: threads, buffers, random numbers, argument checks.

Nothing here knows what an array means; see the module of each subject.
"""
