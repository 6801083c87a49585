//! What went wrong, in words: what happened, and what to do.

words! {
    told;
    UNAUTHENTICATED = "You are signed out. Sign in to go on; nothing you typed is lost.", "您已退出登录。请重新登录后继续，已输入的内容不会丢失。";
    FORBIDDEN = "You may not {0} {1} in {2}. Ask an administrator of this cluster for that permission.", "您无权在 {2} 中对 {1} 执行 {0}。请向该集群的管理员申请权限。";
    NOT_FOUND = "{0} {1} does not exist, or was deleted.", "{0} {1} 不存在，或已被删除。";
    ALREADY_EXISTS = "{0} {1} exists already. Choose another name.", "{0} {1} 已存在，请换一个名称。";
    CONFLICT = "{0} {1} was changed by someone else meanwhile. Look at it again, then repeat.", "{0} {1} 已被他人修改。请重新查看后再操作。";
    INVALID = "The cluster refused this object. See the marked fields.", "集群拒绝了该对象，请查看标出的字段。";
    UNREACHABLE = "Cluster {0} does not answer: {1}", "集群 {0} 无响应：{1}";
    TIMED_OUT = "Cluster {0} did not answer within {1} s. Whether the change took effect is unknown: look before you repeat it.", "集群 {0} 在 {1} 秒内没有响应。无法确定变更是否生效，请先查看再重试。";
    TOO_LARGE = "That is larger than {0}. Make it smaller or split it.", "内容超过 {0}，请缩小或拆分。";
    TOO_MANY_REQUESTS = "Too many attempts. Wait {0} s, then try again.", "尝试次数过多，请在 {0} 秒后重试。";
    INTERNAL = "The console made a mistake. Try again; if it stays, give your administrator the request id {0}.", "控制台出现错误，请重试；如仍然出现，请将请求编号 {0} 告知管理员。";
    TRANSPORT = "The console's server does not answer. It is tried again by itself.", "控制台服务器无响应，正在自动重试。";

    // Reaching a cluster.
    REACH_RESOLVE = "the name {0} cannot be resolved. Check the server's address in the kubeconfig.", "无法解析名称 {0}，请检查 kubeconfig 中的服务器地址。";
    REACH_CONNECT = "nothing answers at {0} ({1}).", "{0} 处没有响应（{1}）。";
    REACH_TIMEOUT = "no answer within {0} s.", "{0} 秒内没有响应。";
    REACH_BROKEN = "the connection broke: {0}.", "连接中断：{0}。";
    REACH_ADDRESS = "{0} leads to {1}, {2}, and the console never dials that.", "{0} 指向 {1}（{2}），控制台不会连接此类地址。";
    REACH_LOOPBACK = "{0} leads to {1}, the console's own machine. That is allowed only while the console itself listens on loopback, or by its configuration.", "{0} 指向 {1}，即控制台所在的主机。仅当控制台自身监听回环地址或配置允许时才可连接。";
    REACH_REDIRECT = "the server answers with a redirect, and credentials never follow one. Give the API server's own address.", "服务器返回了重定向，凭据不会随重定向发送。请填写 API 服务器自身的地址。";
    REACH_NONSENSE = "the server's answer cannot be understood. Check that the address is a Kubernetes API server.", "无法理解服务器的响应，请确认该地址是 Kubernetes API 服务器。";
    REACH_LARGE = "its answer is larger than {0}.", "响应超过了 {0}。";
    REACH_CREDENTIAL = "the cluster no longer accepts the credential. Give the cluster a new kubeconfig.", "集群不再接受该凭据，请为集群提供新的 kubeconfig。";
    REACH_BUSY = "the API server is too busy at the moment ({0}).", "API 服务器当前过于繁忙（{0}）。";
    REACH_FAILED = "the API server reports a fault of its own: {0}", "API 服务器报告了内部错误：{0}";
    REACH_QUEUE = "too many calls to it are waiting.", "等待中的调用过多。";
    REACH_NO_REVIEWS = "it does not say what you may do (it refuses access reviews). Right after a start of the API server that passes by itself; otherwise bind the ClusterRole system:basic-user to system:authenticated.", "它没有说明您的权限（拒绝了访问审查）。API 服务器刚启动时会自行恢复；否则请将 ClusterRole system:basic-user 绑定到 system:authenticated。";
    REACH_WRITE_UNKNOWN = "the connection broke before the answer came, so whether the change took effect is unknown. Look before you repeat it.", "在收到响应之前连接中断，无法确定变更是否生效，请先查看再重试。";
    TLS_AUTHORITY = "its certificate is signed by an authority that the kubeconfig does not name. Put the right authority into certificate-authority-data.", "其证书由 kubeconfig 未列出的机构签发，请在 certificate-authority-data 中填写正确的 CA。";
    TLS_EXPIRED = "its certificate has expired. Renew the API server's certificate.", "其证书已过期，请更新 API 服务器的证书。";
    TLS_NOT_YET = "its certificate is not valid yet. Compare the clocks of the console and the cluster.", "其证书尚未生效，请核对控制台与集群的时钟。";
    TLS_NAME = "its certificate is for another name than {0}. Set tls-server-name in the kubeconfig to a name in the certificate.", "其证书不包含名称 {0}，请在 kubeconfig 中将 tls-server-name 设为证书中的名称。";
    TLS_CLIENT = "it refuses the client certificate ({0}). Give the cluster a new kubeconfig.", "它拒绝了客户端证书（{0}），请为集群提供新的 kubeconfig。";
    TLS_AUTHORITY_AS_SERVER = "its certificate is an authority's own, which cannot stand for a server. Give the API server a certificate that the authority has signed.", "其服务器证书是 CA 自身的证书，不能用于服务器，请为 API 服务器换用由该 CA 签发的证书。";
    TLS_CERTIFICATE = "its certificate is damaged, revoked, weakly signed or not made for a server. Give the API server another one.", "其证书已损坏、被吊销、签名算法过弱或不适用于服务器，请为 API 服务器更换证书。";
    TLS_OTHER = "no secure connection could be made: {0}.", "无法建立安全连接：{0}。";
    ADDRESS_LINK_LOCAL = "a link-local address", "链路本地地址";
    ADDRESS_METADATA = "a cloud metadata service", "云元数据服务";
    ADDRESS_UNSPECIFIED = "an unspecified address", "未指定地址";
    ADDRESS_MULTICAST = "a multicast address", "组播地址";
    ADDRESS_RESERVED = "a reserved or broadcast address", "保留或广播地址";
    CLUSTER_UNKNOWN = "The console has no cluster {0}. It may have been removed.", "控制台中没有集群 {0}，它可能已被移除。";
    CLUSTER_LOADING = "The list is still loading from the cluster", "正在从集群加载列表";
    CONSOLE_MAY_NOT_LIST = "The console's credential may not list {0} here. Tell an administrator of the console.", "控制台的凭据无权在此列出 {0}，请告知控制台管理员。";
    CACHE_FORBIDDEN = "The registered credential may not read this: {0}", "注册的凭据无权读取：{0}";

    // Reading a kubeconfig.
    KC_SIZE = "The kubeconfig is larger than {0}. Paste only the file that kubectl uses for this cluster.", "kubeconfig 超过 {0}，请只粘贴 kubectl 用于该集群的文件。";
    KC_EMPTY = "There is nothing to read. Paste the text of a kubeconfig.", "内容为空，请粘贴 kubeconfig 的内容。";
    KC_SYNTAX = "This is not readable YAML at line {0}, column {1}. Copy the whole file again.", "第 {0} 行第 {1} 列不是可读的 YAML，请重新复制整个文件。";
    KC_DUPLICATE = "A key appears twice at line {0}, column {1}, and programs differ in which one they take. Remove one.", "第 {0} 行第 {1} 列的键重复，不同程序会取不同的值，请删除其中一个。";
    KC_COMPLEX = "The kubeconfig is nested or repeated too much to be one that people write. Write it out plainly.", "kubeconfig 的嵌套或重复过多，请直接写出其内容。";
    KC_SHAPE = "This should be {0}, and is not.", "此处应为 {0}。";
    KC_SHAPE_MAP = "a map", "映射";
    KC_SHAPE_LIST = "a list", "列表";
    KC_SHAPE_TEXT = "a text", "文本";
    KC_KIND = "This is a {0}, not a kubeconfig (kind Config).", "这是 {0}，而不是 kubeconfig（kind 为 Config）。";
    KC_VERSION = "A kubeconfig is of apiVersion v1, and this is {0}.", "kubeconfig 的 apiVersion 为 v1，而这里是 {0}。";
    KC_DOCUMENTS = "There are several documents here. Paste one kubeconfig.", "其中包含多个文档，请只粘贴一个 kubeconfig。";
    KC_NO_CONTEXTS = "The kubeconfig names no context. Add one, or use the output of kubectl config view --raw --flatten.", "kubeconfig 中没有 context，请添加，或使用 kubectl config view --raw --flatten 的输出。";
    KC_MANY_CONTEXTS = "The kubeconfig has more than {0} contexts. Use kubectl config view --minify --raw --flatten to keep one.", "kubeconfig 的 context 超过 {0} 个，请使用 kubectl config view --minify --raw --flatten 只保留一个。";
    KC_UNNAMED = "This entry has no name. Give it one.", "该条目没有名称，请为其命名。";
    KC_TWICE = "The name {0} is used twice here. Rename one of them.", "此处名称 {0} 重复，请重命名其中一个。";
    KC_NO_CLUSTER = "Context {0} names cluster {1}, which is not in the file.", "context {0} 引用的集群 {1} 不在文件中。";
    KC_NO_USER = "Context {0} names user {1}, which is not in the file.", "context {0} 引用的用户 {1} 不在文件中。";
    KC_NO_CONTEXT = "The kubeconfig has no context {0}. Choose one of those it has.", "kubeconfig 中没有 context {0}，请从已有的中选择。";
    KC_CURRENT = "current-context names {0}, which is not in the file. Choose a context.", "current-context 指向的 {0} 不在文件中，请选择一个 context。";
    KC_NO_SERVER = "The cluster names no server. Add the API server's https address.", "该集群没有 server，请填写 API 服务器的 https 地址。";
    KC_SERVER = "This is not an address the console can dial. Write https://, a host and perhaps a port and path.", "该地址无法连接，请写成 https:// 加主机名，可带端口和路径。";
    KC_HTTPS = "Only https is taken, so that the credential is never sent in the clear.", "仅接受 https，以免凭据以明文发送。";
    KC_SERVER_LOGIN = "An address must not carry a user name or password. Remove the part before @.", "地址中不能包含用户名或密码，请删除 @ 之前的部分。";
    KC_NO_CREDENTIAL = "User {0} has neither a token nor an inline client certificate. Use a ServiceAccount token, or kubectl config view --raw --flatten.", "用户 {0} 既没有令牌也没有内联客户端证书，请使用 ServiceAccount 令牌，或 kubectl config view --raw --flatten 的输出。";
    KC_BOTH = "There are a token and a client certificate; the token is used.", "同时存在令牌和客户端证书，将使用令牌。";
    KC_EXEC = "exec runs a program, and the console runs none. Make a ServiceAccount token and put it into token.", "exec 会运行程序，控制台不会运行任何程序。请创建 ServiceAccount 令牌并填入 token。";
    KC_AUTH_PROVIDER = "auth-provider needs a helper on your machine. Make a ServiceAccount token and put it into token.", "auth-provider 依赖您本机的辅助程序，请创建 ServiceAccount 令牌并填入 token。";
    KC_TOKEN_FILE = "tokenFile names a file on your machine. Put its content into token.", "tokenFile 指向您本机的文件，请将其内容填入 token。";
    KC_FILE = "{0} names a file on your machine. kubectl config view --raw --flatten writes its content into {1}.", "{0} 指向您本机的文件，请用 kubectl config view --raw --flatten 将其内容写入 {1}。";
    KC_PROXY = "proxy-url would send the credential through another machine. Remove it; the console dials the API server itself.", "proxy-url 会让凭据经过其他主机。请删除，控制台会直接连接 API 服务器。";
    KC_INSECURE = "insecure-skip-tls-verify gives the credential to whoever answers. Remove it and put the authority into certificate-authority-data.", "insecure-skip-tls-verify 会把凭据交给任何应答者。请删除，并在 certificate-authority-data 中填写 CA。";
    KC_IMPERSONATE = "{0} would act as someone else. Remove it; the console itself names the person who asks.", "{0} 会冒用他人身份。请删除，控制台会自行标明发起请求的用户。";
    KC_PASSWORD = "{0}: Kubernetes has no passwords since 1.19. Use a token or a client certificate.", "{0}：Kubernetes 自 1.19 起不再支持密码，请使用令牌或客户端证书。";
    KC_UNKNOWN = "The console does not know {0}, so it will not pretend to obey it. Remove it.", "控制台不认识 {0}，不会假装遵守，请删除。";
    KC_BASE64 = "This is not base64 text. Copy it again, whole.", "这不是 base64 文本，请完整地重新复制。";
    KC_PEM = "This holds no {0} in PEM form. Copy it again, whole.", "其中没有 PEM 格式的{0}，请完整地重新复制。";
    KC_PEM_CERTIFICATE = "certificate", "证书";
    KC_PEM_KEY = "private key", "私钥";
    KC_OMITTED = "kubectl left the secret out here. Paste what kubectl config view --flatten --minify prints.", "kubectl 在此处隐去了机密内容，请粘贴 kubectl config view --flatten --minify 的输出。";
    KC_ENDED = "This ended at {0}. Make a new one.", "已于 {0} 到期，请重新创建。";
    KC_NOT_YET = "This begins at {0}. Compare the clocks, or make a new one.", "自 {0} 起才有效，请核对时钟或重新创建。";
    KC_KEY_MISSING = "A client certificate needs its key. Add client-key-data.", "客户端证书需要对应的私钥，请添加 client-key-data。";
    KC_CERTIFICATE_MISSING = "A client key needs its certificate. Add client-certificate-data.", "客户端私钥需要对应的证书，请添加 client-certificate-data。";
    KC_KEY_PAIR = "The client certificate and its key do not belong together. Copy both again.", "客户端证书与私钥不匹配，请重新复制两者。";
    KC_TOKEN = "A token is one line of visible characters. Copy it again.", "令牌应为一行可见字符，请重新复制。";
    KC_SERVER_NAME = "This is not a host name that a certificate can carry.", "这不是证书可包含的主机名。";
    KC_AUTHORITY = "No authority is given, so the operating system's authorities decide whom to trust.", "未指定 CA，将由操作系统的证书机构决定是否信任。";
    KC_EXTENSIONS = "extensions are notes of other programs and are not read.", "extensions 是其他程序的备注，不会被读取。";

    // Verifying a cluster.
    VERIFY_TOO_OLD = "The cluster runs Kubernetes {0}; 1.{1} is the oldest that can be integrated. Upgrade it first.", "集群运行 Kubernetes {0}，最低可接入版本为 1.{1}，请先升级。";
    VERIFY_OLD = "The cluster runs Kubernetes {0}, older than 1.{1}. It will be integrated; some things may not work.", "集群运行 Kubernetes {0}，低于 1.{1}。可以接入，但部分功能可能不可用。";
    VERIFY_EXPIRED = "The credential has expired. Give a new one.", "凭据已过期，请提供新的凭据。";
    VERIFY_EXPIRES_SOON = "The credential ends within {0} h. Better give one that lasts.", "凭据将在 {0} 小时内失效，建议使用长期有效的凭据。";
    VERIFY_CERTIFICATE_SOON = "The API server's certificate ends within {0} h. Renew it.", "API 服务器的证书将在 {0} 小时内过期，请更新。";
    VERIFY_NO_IMPERSONATE = "The credential may not impersonate users and groups, so the console cannot act as the person who asks. Bind it to a ClusterRole that may (cluster-admin, or verb impersonate on users and groups).", "该凭据无权模拟用户和用户组，控制台无法以发起者的身份操作。请为其绑定具备该权限的 ClusterRole（cluster-admin，或对 users 和 groups 的 impersonate 权限）。";
    VERIFY_NO_BINDING = "Administrators of the console would have no rights in this cluster: the binding {0} is not there, and the credential may not create it. Create it with kubectl, or use a stronger credential.", "控制台管理员在该集群中将没有权限：绑定 {0} 不存在，且该凭据无权创建。请用 kubectl 创建，或使用权限更高的凭据。";
    POWER_IMPERSONATE = "Act as the person who asks (impersonate users and groups)", "以发起者的身份操作（模拟用户和用户组）";
    POWER_NODES = "List nodes", "列出节点";
    POWER_PODS = "List pods of the whole cluster", "列出整个集群的 Pod";
    POWER_WORKLOADS = "List StatefulSets of the whole cluster", "列出整个集群的 StatefulSet";
    POWER_ALL = "Everything (cluster-admin)", "所有操作（cluster-admin）";
    POWER_BIND = "Bind the console's administrators (create ClusterRoleBindings)", "绑定控制台管理员（创建 ClusterRoleBinding）";

    // Objects that are created or deleted.
    OBJECT_KIND_UNKNOWN = "The cluster does not know {0} in {1}. Check both spellings, or install its definition first.", "集群不认识 {1} 中的 {0}。请检查拼写，或先安装其定义。";
    OBJECT_NO_NAMESPACE = "A {0} lives in a namespace. Name one.", "{0} 属于命名空间，请指定一个。";
    OBJECT_NO_NAME = "The object has no name. Add metadata.name.", "对象没有名称，请添加 metadata.name。";
    OBJECT_NO_TYPE = "The object does not say what it is. Add apiVersion and kind.", "对象未说明其类型，请添加 apiVersion 和 kind。";
    OBJECT_TWICE = "{0} {1} stands in this text twice, and can be created only once. Remove one of them, or rename it.", "文本中有两个 {0} {1}，只能创建一个。请删除其中一个，或为其改名。";
    OBJECT_NOT_CREATABLE = "The cluster does not let a {0} be created.", "集群不允许创建 {0}。";
    OBJECT_RESOURCE_VERSION = "resourceVersion belongs to an object that exists. Remove it to create a new one.", "resourceVersion 属于已存在的对象，新建时请将其删除。";
    OBJECT_UNKNOWN_FIELD = "The cluster does not know this field. Check its spelling and its place.", "集群不认识该字段，请检查拼写和位置。";
    OBJECT_DUPLICATE_FIELD = "This field appears twice. Remove one.", "该字段重复，请删除其中一个。";
    OBJECT_WRONG_TYPE = "The cluster takes {0} here, and this is {1}.", "集群在此处需要{0}，而这里是{1}。";
    OBJECT_NEEDS_QUOTES = "The cluster takes text here. Put the value in quotes.", "集群在此处需要文本，请为该值加引号。";
    TYPE_TEXT = "text", "文本";
    TYPE_WHOLE = "a whole number", "整数";
    TYPE_NUMBER = "a number", "数字";
    TYPE_FRACTION = "a number with a fraction", "小数";
    TYPE_LARGE = "a number that is too large", "过大的数字";
    TYPE_BOOL = "true or false", "true 或 false";
    TYPE_QUANTITY = "a quantity such as 500m or 1Gi", "数量，例如 500m 或 1Gi";
    TYPE_INT_OR_TEXT = "a whole number or text", "整数或文本";
    TYPE_LIST = "a list", "列表";
    TYPE_MAP = "a map", "映射";
    OBJECT_CHANGED = "{0} {1} was deleted and created anew meanwhile. Look at it again before you delete it.", "{0} {1} 已被删除并重新创建，请在删除前重新查看。";
    NOTE_MISSING = "{0} {1} is not in {2}. Create it as well, or pods will wait for it.", "{2} 中没有 {0} {1}，请一并创建，否则 Pod 会一直等待。";
    NOTE_MISSING_ACCOUNT = "ServiceAccount {0} is not in {1}. Create it as well, or no pod can be created.", "{1} 中没有 ServiceAccount {0}，请一并创建，否则无法创建任何 Pod。";
    NOTE_MISSING_PULL_SECRET = "Secret {0} is not in {1}. Pods do without it, and images that need it are not pulled.", "{1} 中没有 Secret {0}，Pod 会在没有它的情况下启动，需要它的镜像将无法拉取。";
    NOTE_MISSING_CLUSTER = "{0} {1} is not in this cluster. Create it as well, or pods will wait for it.", "该集群中没有 {0} {1}，请一并创建，否则 Pod 会一直等待。";
    NOTE_MISSING_SERVICE = "Service {0} is not in {1}. Without it the pods get no names of their own in DNS.", "{1} 中没有 Service {0}，没有它 Pod 将没有各自的 DNS 名称。";
    NOTE_NOT_HEADLESS = "Service {0} is not headless (clusterIP: None), so the pods get no names of their own in DNS.", "Service {0} 不是无头服务（clusterIP: None），Pod 将没有各自的 DNS 名称。";
    NOTE_MISSING_KEY = "{0} {1} has no key {2}. Add it, or pods will wait for it.", "{0} {1} 中没有键 {2}，请添加，否则 Pod 会一直等待。";
    NAMESPACE_TERMINATING = "Namespace {0} is being deleted. Choose another.", "命名空间 {0} 正在删除，请选择其他命名空间。";

    // Objects that are edited.
    EDIT_SEVERAL = "A second document begins here, and an edit is about one object. Move it to Create from YAML.", "此处开始第二个文档，而编辑只针对一个对象。请将其移到“通过 YAML 创建”。";
    EDIT_OTHER_OBJECT = "The edited object has {0} here. Put it back; to make another object, use Create from YAML.", "所编辑对象此处的值为 {0}。请恢复原值；如需创建其他对象，请使用“通过 YAML 创建”。";
    EDIT_IMMUTABLE = "The cluster never changes this field of a {0}. Put it back, or delete the object and create it anew.", "集群不允许更改 {0} 的该字段。请恢复原值，或删除对象后重新创建。";
    EDIT_OWNED = "The cluster writes this field itself. Put it back as it was.", "该字段由集群写入，请恢复原值。";
    EDIT_OWNED_REMOVE = "The cluster writes this field itself, so it is not part of an edit. Remove it.", "该字段由集群写入，不属于编辑内容，请移除。";
    EDIT_BASE = "What this edit began from is no longer complete. Copy your text and open the object again.", "此次编辑的起始内容已不完整。请复制您的文本并重新打开该对象。";
    EDIT_TERMINATING = "{0} {1} is being deleted and waits for its finalizers. Nothing more can be saved to it here.", "{0} {1} 正在删除并等待其终结器，无法再在此保存更改。";
    EDIT_LARGE = "This object is larger than {0}, too large to be edited here. Use kubectl edit.", "该对象超过 {0}，无法在此编辑，请使用 kubectl edit。";

    // Faults that are not the cluster's.
    UNSENDABLE = "This cannot be asked of a cluster: a name in it holds characters that no name has. Check what you typed.", "无法向集群发送该请求：其中的名称包含不允许的字符，请检查输入。";
    REACH_UNSENDABLE = "the console cannot write this request.", "控制台无法写出该请求。";
    REACH_OURS = "the console made a mistake with its answer, and asks again within a minute.", "控制台处理其响应时出错，将在一分钟内重新请求。";
    VERIFY_BINDING_OTHER = "The binding {0} is there, but it does not give {1} the ClusterRole cluster-admin, so administrators of the console may lack rights in this cluster. Mend or delete it with kubectl.", "绑定 {0} 已存在，但并未将 ClusterRole cluster-admin 授予 {1}，控制台管理员在该集群中可能缺少权限。请用 kubectl 修正或删除它。";
    PLAN_SLOW = "looking at all objects took longer than {0} s. Send fewer at a time.", "检查全部对象的时间超过 {0} 秒，请减少每次提交的数量。";
}
