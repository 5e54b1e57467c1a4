"""Statistics captions (统计口径): label paths of cross tables compiled to figures of the expression language."""
