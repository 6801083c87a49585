//! Words that many screens share.

words! {
    COUNT_OF = "{0} of {1}", "{0} / {1}";
    CANCEL = "Cancel", "取消";
    CLOSE = "Close", "关闭";
    SAVE = "Save", "保存";
    DELETE = "Delete", "删除";
    REMOVE = "Remove", "移除";
    EDIT = "Edit", "编辑";
    ADD = "Add", "添加";
    COPY = "Copy", "复制";
    COPIED = "Copied", "已复制";
    DOWNLOAD = "Download", "下载";
    RETRY = "Try again", "重试";
    UNDO = "Undo", "撤销";
    NAME = "Name", "名称";
    ALIAS = "Alias", "别名";
    NAMESPACE = "Namespace", "命名空间";
    STATUS = "Status", "状态";
    AGE = "Age", "存在时间";
    KIND = "Kind", "类型";
    CLUSTER = "Cluster", "集群";
    YES = "Yes", "是";
    NO = "No", "否";
    NONE = "None", "无";
    LOADING = "Loading", "正在加载";
    REQUIRED = "Required", "必填";
    OPTIONAL = "Optional", "可选";
    JUST_NOW = "just now", "刚刚";
    AGO = "{0} ago", "{0}前";
    SECONDS = "{0} s", "{0} 秒";
    MINUTES = "{0} min", "{0} 分钟";
    HOURS = "{0} h", "{0} 小时";
    DAYS = "{0} d", "{0} 天";
}
