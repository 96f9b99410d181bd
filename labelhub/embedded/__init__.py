"""
What `./run` needs to start LabelHub on a bare machine: environment, PostgreSQL, processes.

Standard library only, since it runs before anything is installed, and nothing else imports it.
"""
