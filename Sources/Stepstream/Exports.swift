// JSON is part of what an embedder writes and reads.
@_exported public import StepstreamJSON
