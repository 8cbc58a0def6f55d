"""Many documents: what to read, who it belongs to, workers, and writing that never leaves half a file.

inputs     files and folders -> tasks, nothing onto anything else
roster     the people of a team; `personal` turns a row into a rewriter
workers    processes, results in order; `files`, `mailboxes` and `tables` are what they do
writing    whole files or none; `pictures` deletes those that no file shows any more
outcome    what became of a document; `summary` what became of a run; `run` brings it together
"""

from __future__ import annotations

from sigtrim.batch.many import rewrite_many

__all__ = ["rewrite_many"]
