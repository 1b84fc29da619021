"""What can go wrong with meaning. Each message is a sentence that ends with the next step.

CoachError
+-- ContentError      a file under prompts/ that does not hold what it should; names file and key
+-- ConfigError       a configuration file or value; names file and key
+-- AnnotationError   an annotated conversation that cannot be read; names file and place
+-- OutputError       a result that cannot be written
+-- StoreError        what is kept cannot be read, written or found
"""


class CoachError(Exception):
    """A sentence for the person, with the next step."""


class ContentError(CoachError):
    pass


class ConfigError(CoachError):
    pass


class AnnotationError(CoachError):
    pass


class OutputError(CoachError):
    pass


class StoreError(CoachError):
    pass
