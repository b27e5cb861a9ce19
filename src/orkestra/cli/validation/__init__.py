"""What ``ork validate`` does with files: finding them, judging them, weighing what was found, showing it.

Owns: which files an argument stands for (``files``), severities of a repository and of a call (``severities``), the run
over many files on all cores (``runs``), the forms of output (``outputs``), and running again on changes (``changes``).
Does not own any check or form; ``katalog`` does.

Invariants: the order of findings depends on the arguments alone, never on which process was faster; no network, no
cluster, no kubeconfig; a directory is never left by a symbolic link.

Place in the flow: ``cli.validate`` parses options, and calls these modules in the order they are named here.
"""
