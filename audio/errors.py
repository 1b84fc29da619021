"""What can go wrong with hearing and speaking. Each message is a sentence that ends with the next step.

AudioError
+-- RecordingError    a file that cannot be read as sound, or cannot be written
+-- ModelError        weights that are missing, damaged or cannot be fetched
+-- EngineError       an engine that failed on sound that was fine
+-- DeviceError       no microphone, no loudspeaker, or one that went away
"""


class AudioError(Exception):
    """A sentence for the person, with the next step."""


class RecordingError(AudioError):
    pass


class ModelError(AudioError):
    pass


class EngineError(AudioError):
    pass


class DeviceError(AudioError):
    pass
