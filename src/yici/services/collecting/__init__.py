"""The life of a collection: 报备 → 准入评审 → 派发 → 预填 → 核对 → 审核 → 汇总 → 回流."""
