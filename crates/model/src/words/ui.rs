//! Words of the generic parts of the UI.

words! {
    WHAT_GOES = "This will be gone", "将被删除";
    WHAT_STAYS = "This stays", "将保留";
    TYPE_NAME = "Type {0} to confirm", "输入 {0} 以确认";
    TYPE_TO_CONFIRM = "Type {0} first", "请先输入 {0}";
    DISMISS = "Dismiss", "关闭";
    NOTIFICATIONS = "Notifications", "通知";
    REQUEST_ID = "Request {0}", "请求 {0}";
    DETAILS = "Details", "详细信息";
    PAGES = "Pages", "分页";
    PREVIOUS_PAGE = "Previous page", "上一页";
    NEXT_PAGE = "Next page", "下一页";
    RANGE_OF = "{0}-{1} of {2}", "第 {0}-{1} 项，共 {2} 项";
    CLEAR_SEARCH = "Clear search", "清除搜索";
    REMOVE_FILTER = "Remove filter {0}", "移除筛选 {0}";
    STEP_DONE = "done", "已完成";
    STEP_ERRORS = "{0} to mend", "{0} 处需修改";
    STEP_LATER = "Complete the step before first.", "请先完成前一步。";
    NO_MATCH = "Nothing matches", "没有匹配项";
    EDITOR_LEAVE_HINT = "Press Escape, then Tab, to leave the editor.", "按 Esc 再按 Tab 离开编辑器。";
    EDITOR_PLAIN = "The editor could not be loaded. This plain field does the same work.", "编辑器加载失败，可继续在此文本框中编辑。";
}
