"""Collections (采集任务): the life of a form that is asked of units, and what it costs people."""
