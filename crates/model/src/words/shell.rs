//! Words of the frame around every page.

words! {
    BINNACLE = "Binnacle", "Binnacle";
    SKIP_TO_CONTENT = "Skip to content", "跳到内容";
    NAVIGATION = "Navigation", "导航";
    OPEN_NAVIGATION = "Open navigation", "打开导航";
    CLOSE_NAVIGATION = "Close navigation", "关闭导航";
    BREADCRUMB = "Breadcrumb", "面包屑导航";
    CLUSTERS = "Clusters", "集群";
    OVERVIEW = "Overview", "概览";
    WORKLOADS = "Workloads", "工作负载";
    SWITCH_CLUSTER = "Switch cluster", "切换集群";
    CHOOSE_CLUSTER = "Choose a cluster", "选择集群";
    ALL_CLUSTERS = "All clusters", "所有集群";
    THEME = "Theme", "主题";
    THEME_SYSTEM = "As the system", "跟随系统";
    THEME_LIGHT = "Light", "浅色";
    THEME_DARK = "Dark", "深色";
    LANGUAGE = "Language", "语言";
    USER_MENU = "User menu of {0}", "{0} 的用户菜单";
    SIGN_OUT = "Sign out", "退出登录";
    SIGN_IN_AGAIN = "Sign in", "登录";
    ROLE_ADMIN = "Console administrator", "控制台管理员";
    ROLE_USER = "User", "用户";
    PAGE_NOT_FOUND = "This page does not exist", "页面不存在";
    PAGE_NOT_FOUND_HELP = "The address may be mistyped, or what it named is gone.", "地址可能有误，或其指向的内容已不存在。";
    GO_TO_CLUSTERS = "Go to clusters", "前往集群列表";
    CONNECTION_LOST = "No connection to the console since {0}. What you see is from then; it is tried again by itself.", "自 {0} 起与控制台失去连接。当前显示为当时的数据，系统正在自动重连。";
    DIALOG_CLOSE = "Close dialog", "关闭对话框";
    LANGUAGE_NOT_LOADED = "The words of that language could not be fetched. The page stays in English; choose it again to try again.", "无法获取该语言的文本，页面保持英文。请重新选择以重试。";
    PART_NOT_LOADED = "This part of the console could not be fetched", "无法获取控制台的这一部分";
    PART_NOT_LOADED_HELP = "The server may be restarting, or the connection is down. Try again; nothing else is lost.", "服务器可能正在重启，或连接已中断。请重试，其他内容不受影响。";
}
