//! Words of this part of the console: signing in, and pages that the server makes by itself.

words! {
    told;
    SIGN_IN = "Sign in", "登录";
    SIGN_IN_AS = "Sign in as {0}", "以 {0} 身份登录";
    USER_NAME = "User name", "用户名";
    PASSWORD_FIELD = "Password", "密码";
    CURRENT_PASSWORD = "Current password", "当前密码";
    NEW_PASSWORD = "New password", "新密码";
    REPEAT_PASSWORD = "Repeat the new password", "再次输入新密码";
    PASSWORD_RULE = "At least {0} characters. A sentence is easy to remember.", "至少 {0} 个字符。一句话容易记住。";
    SET_PASSWORD = "Set password", "设置密码";
    CHANGE_PASSWORD = "Change password", "修改密码";
    SET_PASSWORD_WHY = "You signed in by a link that worked once. Set a password to sign in next time.", "您通过一次性链接登录。请设置密码，以便下次登录。";
    CHANGE_PASSWORD_WHY = "Changing it signs you out everywhere else.", "修改后，其他地方的登录都会失效。";
    SET_PASSWORD_FIRST = "Set a password first", "先设置密码";
    SET_PASSWORD_LATER = "Later", "以后再说";
    WRONG_PASSWORD = "User name or password is wrong. Check both and try again.", "用户名或密码不正确，请检查后重试。";
    WRONG_CURRENT_PASSWORD = "The current password is wrong. Type it again.", "当前密码不正确，请重新输入。";
    PASSWORD_SHORT = "The new password is shorter than {0} characters. Choose a longer one.", "新密码少于 {0} 个字符，请使用更长的密码。";
    PASSWORD_LONG = "The new password is longer than {0} bytes. Choose a shorter one.", "新密码超过 {0} 字节，请使用更短的密码。";
    PASSWORDS_DIFFER = "The two new passwords differ. Type the same twice.", "两次输入的新密码不一致，请重新输入。";
    TOO_MANY_ATTEMPTS = "Too many attempts. Try again in {0} seconds.", "尝试次数过多，请在 {0} 秒后重试。";
    WELCOME_WHY = "This link signs you in once.", "此链接只能用于登录一次。";
    LINK_OVER = "This link was used or is too old", "此链接已被使用或已过期";
    LINK_OVER_WHY = "Sign in with your password. Without one, run \"binnacle sign-in-link\" where the console runs; it prints a new link.", "请使用密码登录。若没有密码，请在控制台所在机器上运行“binnacle sign-in-link”，它会输出新的链接。";
    GO_TO_SIGN_IN = "Go to sign-in", "前往登录";
    GO_TO_CONSOLE = "Go to the console", "前往控制台";
    PAGE_TITLE = "{0} · Binnacle", "{0} · Binnacle";
    PAGE_REQUEST_ID = "Request id {0}", "请求编号 {0}";
    PAGE_FAILED = "The console failed", "控制台出错";
    PAGE_FAILED_WHY = "Nothing you did is wrong. Try again; if it happens again, tell the operator the request id.", "这不是您的操作造成的。请重试；若再次发生，请将请求编号告知管理员。";
    FOREIGN_REQUEST = "The request did not come from this console", "请求并非来自本控制台";
    FOREIGN_REQUEST_WHY = "Another page may have sent it, so it was refused. Open the console in a new tab and try again.", "请求可能由其他网页发出，因此被拒绝。请在新标签页中打开控制台后重试。";
    UNKNOWN_HOST = "The console is not known by this address", "控制台不使用此地址";
    UNKNOWN_HOST_WHY = "Open it as {0}. An operator can change that address with public_origin.", "请通过 {0} 打开。管理员可以用 public_origin 修改该地址。";
    NO_SUCH_PAGE = "There is no such page", "页面不存在";
    NO_SUCH_PAGE_WHY = "Check the address, or start from the cluster list.", "请检查地址，或从集群列表开始。";
    REQUEST_TOO_LARGE = "The request is too large", "请求过大";
    REQUEST_TOO_LARGE_WHY = "The console takes at most {0} at once. Send less.", "控制台一次最多接收 {0}，请减小内容。";
    BAD_REQUEST = "The request cannot be read", "无法读取请求";
    BAD_REQUEST_WHY = "The page may be older than the console. Go back, load it again and retry.", "该页面可能早于控制台的当前版本。请返回，重新加载页面后重试。";
    TOO_MANY_SUBSCRIPTIONS = "This tab follows {0} things already. Close a page of it and try again.", "此标签页已在跟踪 {0} 项内容，请关闭其中一个页面后重试。";
    OTHER_LANGUAGE = "中文", "English";

    // Registrations.
    CLUSTER_NAME_RESERVED = "The console uses the name {0} itself. Choose another.", "控制台自身使用名称 {0}，请换一个名称。";
    CLUSTER_IS_ANOTHER = "This kubeconfig leads to another cluster than {0}. Integrate that one under a name of its own.", "该 kubeconfig 指向的并非集群 {0}。请以其他名称接入该集群。";
    CLUSTER_IS_SANDBOX = "{0} is a sandbox cluster; it has no kubeconfig to change.", "{0} 是沙箱集群，没有可修改的 kubeconfig。";
    CLUSTER_ADMINS_ONLY = "Integrating, editing and removing clusters is for administrators of the console.", "仅控制台管理员可以接入、编辑和移除集群。";
}
