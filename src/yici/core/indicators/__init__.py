"""Indicators (指标) and assessment schemes (考核方案): what is measured and how it becomes points."""
